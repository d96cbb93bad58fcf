#pragma once

#include "tests/support/temp_folder.hpp"

#include <memory>
#include <string>

namespace heptap::test {

/// A certificate and its key in PEM files.
struct Identity {
  std::string certificate_file;
  std::string key_file;
};

/// A certification authority in a temporary directory, which goes with it.
class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  [[nodiscard]] std::string ca_file() const;

  /// subject_alt_name   as OpenSSL's configuration has it: "DNS:a.example,IP:127.0.0.1"
  /// valid_seconds      from now; the certificate began a day ago, so -1 makes an expired one
  Identity issue(const std::string& subject_alt_name, long valid_seconds = 3600);

 private:
  struct Keys;
  TempFolder folder_;
  std::unique_ptr<Keys> keys_;
  int issued_ = 0;
};

}  // namespace heptap::test
