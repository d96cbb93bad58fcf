#pragma once

#include "transport/collector_options.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace heptap {

/// What a TLS listener shows, and what it asks for. Files are PEM.
struct TlsServerOptions {
  std::string certificate_file;  ///< with its chain
  std::string key_file;          ///< empty: the key is in certificate_file
  std::string client_ca_file;    ///< set: a client must show a certificate of this CA
};

struct OpenSslDeleter {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* session) const noexcept { SSL_free(session); }
};
using SslContext = std::unique_ptr<SSL_CTX, OpenSslDeleter>;

/// TLS 1.2 or later.
/// errors    std::runtime_error that names the file and OpenSSL's reason, in one line
[[nodiscard]] SslContext make_client_context(const TlsOptions& options);
[[nodiscard]] SslContext make_server_context(const TlsServerOptions& options);

/// One TLS connection without its socket: bytes from the peer go in by feed(), bytes for the peer
/// wait in output(). Never blocks; the caller sends the output after every call that can make some.
class TlsSession {
 public:
  enum class Role : std::uint8_t { client, server };
  enum class Status : std::uint8_t { done, wants_bytes, closed, failed };

  /// server_name   for a client: the name or address to ask for and to check; ignored by a server
  /// errors        std::runtime_error
  TlsSession(SSL_CTX& context, Role role, const std::string& server_name = {});

  /// gives     done: both sides are agreed; wants_bytes: feed more; failed: see error()
  [[nodiscard]] Status handshake();

  /// Takes bytes that came from the peer.
  void feed(std::span<const std::uint8_t> bytes);

  /// Decrypts into `out`.
  /// gives     done and the number in `size`; wants_bytes; closed (the peer's close_notify); failed
  [[nodiscard]] Status read(std::span<std::uint8_t> out, std::size_t& size);

  /// Encrypts all of `bytes` to the output. Call it only after the handshake.
  /// gives     false on failure, see error()
  [[nodiscard]] bool write(std::span<const std::uint8_t> bytes);

  /// Puts close_notify to the output.
  void shut_down();

  /// gives     bytes for the peer, valid until the next call on this object
  [[nodiscard]] std::span<const std::uint8_t> output() const;
  void output_sent(std::size_t bytes);

  /// gives     why it failed, one line: the certificate's fault, an alert from the peer, or what
  ///           the peer speaks instead of TLS
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

  /// gives     the protocol and the cipher, for a log line
  [[nodiscard]] std::string description() const;

 private:
  Status judge(int result);
  static int check_certificate(int accepted, X509_STORE_CTX* store);

  std::unique_ptr<SSL, OpenSslDeleter> ssl_;
  std::size_t output_offset_ = 0;
  std::string error_;
};

}  // namespace heptap
