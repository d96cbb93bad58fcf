#include "transport/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace heptap {
namespace {

struct NamesDeleter {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};
struct NameListDeleter {
  void operator()(STACK_OF(X509_NAME) * names) const noexcept {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
};
using OpenSslText = std::unique_ptr<unsigned char, void (*)(unsigned char*)>;

/// gives     OpenSSL's oldest queued reason (the cause; later ones are its consequences)
std::string take_openssl_reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what + ": " + take_openssl_reason());
}

bool is_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> address(
      a2i_IPADDRESS(host.c_str()), ASN1_OCTET_STRING_free);
  ERR_clear_error();
  return address != nullptr;
}

void append_name(std::string& names, const std::string& name) {
  if (!names.empty()) names += ", ";
  for (const char c : name) names += c >= ' ' && c <= '~' ? c : '?';
}

std::string as_string(const ASN1_STRING* text) {
  const unsigned char* const begin = ASN1_STRING_get0_data(text);
  return {begin, begin + ASN1_STRING_length(text)};
}

/// gives     an address as it is written; the bytes' number says which family it is
std::string address_text(const ASN1_OCTET_STRING* address) {
  std::string text;
  const std::string bytes = as_string(address);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (bytes.size() == 4) {
      text += (i == 0 ? "" : ".") + std::to_string(byte);
    } else {
      constexpr std::string_view digits = "0123456789abcdef";
      if (i > 0 && i % 2 == 0) text += ':';
      text += digits[byte >> 4U];
      text += digits[byte & 15U];
    }
  }
  return text;
}

/// gives     whom a certificate is for: the names and addresses a client would accept
std::string certificate_names(X509* certificate) {
  std::string text;
  const std::unique_ptr<GENERAL_NAMES, NamesDeleter> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) append_name(text, as_string(name->d.dNSName));
    if (name->type == GEN_IPADD) append_name(text, address_text(name->d.iPAddress));
  }
  if (!text.empty()) return text;
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index >= 0) {
    append_name(text, as_string(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))));
  }
  return text.empty() ? "nobody" : text;
}

std::string describe_certificate_fault(X509_STORE_CTX* store) {
  const int fault = X509_STORE_CTX_get_error(store);
  if (fault == X509_V_ERR_HOSTNAME_MISMATCH || fault == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return std::string{X509_verify_cert_error_string(fault)} + ": certificate is for " +
           certificate_names(X509_STORE_CTX_get0_cert(store));
  }
  return X509_verify_cert_error_string(fault);
}

SslContext make_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method));
  if (!context) refuse("cannot set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return context;
}

void load_identity(SSL_CTX* context, const std::string& certificate_file,
                   const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    refuse("cannot use the certificate " + certificate_file);
  }
  const std::string& key = key_file.empty() ? certificate_file : key_file;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse("cannot use the key " + key);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    refuse("the key " + key + " does not belong to the certificate " + certificate_file);
  }
}

void load_authorities(SSL_CTX* context, const std::string& ca_file) {
  if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
    refuse("cannot use the CA file " + ca_file);
  }
}

}  // namespace

SslContext make_client_context(const TlsOptions& options) {
  SslContext context = make_context(TLS_client_method());
  if (!options.ca_file.empty()) {
    load_authorities(context.get(), options.ca_file);
  } else if (options.verify && SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    refuse("cannot use the system's CAs");
  }
  if (!options.certificate_file.empty()) {
    load_identity(context.get(), options.certificate_file, options.key_file);
  }
  SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return context;
}

SslContext make_server_context(const TlsServerOptions& options) {
  SslContext context = make_context(TLS_server_method());
  load_identity(context.get(), options.certificate_file, options.key_file);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);  // nobody resumes: an agent stays connected
  if (!options.client_ca_file.empty()) {
    load_authorities(context.get(), options.client_ca_file);
    std::unique_ptr<STACK_OF(X509_NAME), NameListDeleter> names(
        SSL_load_client_CA_file(options.client_ca_file.c_str()));
    SSL_CTX_set_client_CA_list(context.get(), names.release());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

TlsSession::TlsSession(SSL_CTX& context, Role role, const std::string& server_name)
    : ssl_(SSL_new(&context)) {
  BIO* const input = BIO_new(BIO_s_mem());
  BIO* const output = BIO_new(BIO_s_mem());
  if (!ssl_ || input == nullptr || output == nullptr) refuse("cannot set up TLS");
  BIO_set_mem_eof_return(input, -1);
  BIO_set_mem_eof_return(output, -1);
  SSL_set_bio(ssl_.get(), input, output);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), check_certificate);
  if (role == Role::server) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool named =
      is_address(server_name)
          ? X509_VERIFY_PARAM_set1_ip_asc(rules, server_name.c_str()) == 1
          : X509_VERIFY_PARAM_set1_host(rules, server_name.data(), server_name.size()) == 1 &&
                SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str()) == 1;
  if (!named) refuse("cannot check the server name " + server_name);
}

/// Called by OpenSSL for each certificate of the chain; keeps the first fault in words, while the
/// certificate is at hand.
int TlsSession::check_certificate(int accepted, X509_STORE_CTX* store) {
  if (accepted == 1) return 1;
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& session = *static_cast<TlsSession*>(SSL_get_app_data(ssl));
  if (session.error_.empty()) session.error_ = describe_certificate_fault(store);
  return 0;
}

TlsSession::Status TlsSession::judge(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return Status::done;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return Status::wants_bytes;
    case SSL_ERROR_ZERO_RETURN: return Status::closed;
    default: break;
  }
  if (!error_.empty()) {
    ERR_clear_error();
    return Status::failed;
  }
  const auto code = ERR_peek_error();
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  const std::string text = take_openssl_reason();
  if (reason >= SSL_AD_REASON_OFFSET) {
    error_ = "alert from the peer: " + text;
  } else if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
             reason == SSL_R_PACKET_LENGTH_TOO_LONG) {
    error_ = "the peer does not speak TLS (" + text + ")";
  } else {
    error_ = "TLS: " + text;
  }
  return Status::failed;
}

TlsSession::Status TlsSession::handshake() {
  ERR_clear_error();
  return judge(SSL_do_handshake(ssl_.get()));
}

void TlsSession::feed(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto chunk = std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max());
    const int taken = BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(chunk));
    if (taken <= 0) throw std::bad_alloc();
    bytes = bytes.subspan(static_cast<std::size_t>(taken));
  }
}

TlsSession::Status TlsSession::read(std::span<std::uint8_t> out, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  return judge(SSL_read_ex(ssl_.get(), out.data(), out.size(), &size));
}

bool TlsSession::write(std::span<const std::uint8_t> bytes) {
  ERR_clear_error();
  std::size_t size = 0;
  return judge(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size)) == Status::done;
}

void TlsSession::shut_down() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::span<const std::uint8_t> TlsSession::output() const {
  const std::uint8_t* begin = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &begin);
  return std::span(begin, static_cast<std::size_t>(size)).subspan(output_offset_);
}

void TlsSession::output_sent(std::size_t bytes) {
  output_offset_ += bytes;
  if (!output().empty()) return;
  output_offset_ = 0;
  BIO_reset(SSL_get_wbio(ssl_.get()));
}

std::string TlsSession::description() const {
  return std::string{SSL_get_version(ssl_.get())} + " " + SSL_get_cipher_name(ssl_.get());
}

}  // namespace heptap
