#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/url.hpp"

namespace heptap {

/// Who we say we are in every HEP frame.
struct NodeSettings {
  std::uint32_t id = 2001;              ///< chunk 0x0c
  std::string name;                     ///< chunk 0x13; empty: not sent
  std::filesystem::path auth_key_file;  ///< where auth_key was read from; empty: no key
  std::string auth_key;                 ///< chunk 0x0e; empty: not sent

  bool operator==(const NodeSettings&) const = default;
};

/// One place that frames go to. The TLS members are set only when url.carrier is tls, those of a
/// connection (resend_bytes, keepalive) matter only when it is not udp.
struct CollectorSettings {
  std::string name;  ///< unique; the url as written when the file gives none
  CollectorUrl url;
  std::filesystem::path ca;           ///< PEM; empty: the system's authorities
  std::string server_name;            ///< expected in the certificate; empty: url.host
  std::filesystem::path certificate;  ///< PEM chain for client authentication; empty: none
  std::filesystem::path key;          ///< PEM key of `certificate`; set together with it
  bool verify = true;
  bool batch = true;
  std::uint64_t resend_bytes = 6ULL << 20U;
  std::chrono::seconds keepalive{60};

  bool operator==(const CollectorSettings&) const = default;
};

enum class ReplayTime : std::uint8_t { original, now };

struct ReplaySettings {
  std::uint64_t ring_bytes = 16ULL << 20U;
  std::chrono::milliseconds wait{30'000};  ///< for a collector that is down
  std::optional<double> speed;             ///< times real time; empty: as fast as possible
  ReplayTime time = ReplayTime::original;

  bool operator==(const ReplaySettings&) const = default;
};

struct CallsSettings {
  std::uint64_t max_entries = 262'144;
  std::chrono::milliseconds max_age{3'600'000};  ///< in packet time

  bool operator==(const CallsSettings&) const = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogSettings {
  LogLevel level = LogLevel::info;

  bool operator==(const LogSettings&) const = default;
};

/// The whole configuration, checked; const from then on. A default-made one is what an empty file
/// gives.
struct Settings {
  NodeSettings node;
  std::vector<CollectorSettings> collectors;
  ReplaySettings replay;
  CallsSettings calls;
  LogSettings log;

  bool operator==(const Settings&) const = default;
};

}  // namespace heptap
