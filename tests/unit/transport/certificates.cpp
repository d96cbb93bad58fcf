#include "tests/unit/transport/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace heptap::test {
namespace {

constexpr long day_seconds = 24L * 3600;

struct Deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Certificate = std::unique_ptr<X509, Deleter>;
using File = std::unique_ptr<std::FILE, Deleter>;

void check(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  check(key != nullptr, "EVP_EC_gen");
  return key;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Deleter> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "X509_add_ext");
}

void set_name(X509* certificate, const std::string& name) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()),  // NOLINT
                             -1, -1, 0);
}

Certificate make_certificate(long serial, long valid_seconds, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  check(certificate != nullptr, "X509_new");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

File create(const std::string& path) {
  File file(std::fopen(path.c_str(), "we"));
  check(file != nullptr, "fopen");
  return file;
}

}  // namespace

struct Authority::Keys {
  Key key = make_key();
  Certificate certificate = make_certificate(1, day_seconds, key.get());
};

Authority::Authority() : keys_(std::make_unique<Keys>()) {
  X509* const self = keys_->certificate.get();
  set_name(self, "heptap test authority " + folder_.path().string());
  X509_set_issuer_name(self, X509_get_subject_name(self));
  extend(self, self, NID_basic_constraints, "critical,CA:TRUE");
  extend(self, self, NID_subject_key_identifier, "hash");
  check(X509_sign(self, keys_->key.get(), EVP_sha256()) > 0, "X509_sign");
  check(PEM_write_X509(create(ca_file()).get(), self) == 1, "PEM_write_X509");
}

Authority::~Authority() = default;

std::string Authority::ca_file() const { return folder_.path() / "ca.pem"; }

Identity Authority::issue(const std::string& subject_alt_name, long valid_seconds) {
  const std::string stem = folder_.path() / std::to_string(++issued_);
  Identity files{stem + ".pem", stem + ".key"};
  const Key key = make_key();
  const Certificate certificate = make_certificate(1 + issued_, valid_seconds, key.get());
  X509* const issuer = keys_->certificate.get();
  set_name(certificate.get(), "heptap test");
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  extend(certificate.get(), issuer, NID_subject_alt_name, subject_alt_name);
  check(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0, "X509_sign");
  check(PEM_write_X509(create(files.certificate_file).get(), certificate.get()) == 1,
        "PEM_write_X509");
  check(PEM_write_PrivateKey(create(files.key_file).get(), key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr) == 1,
        "PEM_write_PrivateKey");
  return files;
}

}  // namespace heptap::test
