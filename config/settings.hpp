#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/dns_servers.hpp"
#include "config/header_names.hpp"
#include "config/host_port.hpp"
#include "config/ports.hpp"
#include "config/prefixes.hpp"
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

/// What the name in a collector's url stands for; one: a place, at any of its addresses; else a pool: of its
/// addresses, or of the targets of its SRV records.
enum class CollectorMembers : std::uint8_t { one, addresses, srv };

/// What a record of Kafka is, and what its key.
enum class KafkaFormat : std::uint8_t { hep, json };
enum class KafkaKey : std::uint8_t { call_id, none };

/// Texts by name.
using NamedTexts = std::map<std::string, std::string>;

/// Of a collector whose url.carrier is kafka.
struct KafkaSettings {
  KafkaFormat format = KafkaFormat::hep;
  KafkaKey key = KafkaKey::call_id;
  std::uint64_t buffer_bytes = 64ULL << 20U;
  NamedTexts properties = {};  ///< of librdkafka
  NamedTexts secrets = {};     ///< the same, read from files

  bool operator==(const KafkaSettings&) const = default;
};

enum class FileCompress : std::uint8_t { none, zstd };

/// When a file ends, and how many stay. 0: no limit.
struct FileSettings {
  std::uint64_t size_bytes = 100ULL << 20U;  ///< of one, on disk
  std::chrono::seconds age{3600};            ///< of one, by the wall clock
  std::uint64_t keep = 24;                   ///< of them, the one that is written included
  std::uint64_t total_bytes = 0;             ///< of all
  FileCompress compress = FileCompress::none;

  bool operator==(const FileSettings&) const = default;
};

/// One place that frames go to. The TLS members are set only when url.carrier is tls, those of a
/// connection (resend_bytes, keepalive) matter only when it is tcp or tls.
struct CollectorSettings {
  std::string name;  ///< unique; the url as written when the file gives none
  CollectorUrl url;
  CollectorMembers members = CollectorMembers::one;
  std::filesystem::path ca;           ///< PEM; empty: the system's authorities
  std::string server_name;            ///< expected in the certificate; empty: url.host
  std::filesystem::path certificate;  ///< PEM chain for client authentication; empty: none
  std::filesystem::path key;          ///< PEM key of `certificate`; set together with it
  bool verify = true;
  bool batch = true;
  std::uint64_t rate_limit = 0;  ///< frames a second; 0: any number
  std::uint64_t resend_bytes = 6ULL << 20U;
  std::chrono::seconds keepalive{60};
  bool spool = true;         ///< when SpoolSettings has a directory; never of files
  KafkaSettings kafka = {};  ///< matters only when url is Kafka
  FileSettings file = {};    ///< matters only when url is files

  bool operator==(const CollectorSettings&) const = default;
};

/// Where the names of collectors with members are asked for.
struct DnsSettings {
  DnsServers servers = {};  ///< empty: those of the machine

  bool operator==(const DnsSettings&) const = default;
};

/// Where frames wait on disk that a collector cannot take.
struct SpoolSettings {
  std::filesystem::path directory;         ///< each collector has a folder in it; empty: no spool
  std::uint64_t size_bytes = 1ULL << 30U;  ///< for each collector
  std::chrono::seconds age{24 * 3600};
  std::chrono::milliseconds sync{1000};  ///< 0: after each block
  std::uint64_t rate = 10'000;           ///< frames a second beside new ones; 0: no limit

  bool operator==(const SpoolSettings&) const = default;
};

/// Where what is known of calls waits for the next start of `run`.
struct StateSettings {
  std::filesystem::path directory = {};  ///< empty: it is forgotten

  bool operator==(const StateSettings&) const = default;
};

/// Which members of a pool get a frame, as PoolPolicy has it.
enum class PoolMode : std::uint8_t { mirror, failover, hash, round_robin };

/// Collectors that share frames, or stand in for one another.
struct PoolSettings {
  std::string name = {};  ///< unique, among collectors, too
  PoolMode policy = PoolMode::mirror;
  std::optional<std::vector<std::string>> collectors = {};  ///< names, in the order of priority
  std::chrono::milliseconds fail_after{1'000};
  std::chrono::milliseconds return_after{10'000};

  bool operator==(const PoolSettings&) const = default;
};

/// One network interface that `run` captures on.
struct InterfaceSettings {
  std::string name;  ///< as `ip link` has it, or "any"; unique
  std::uint64_t snaplen = 262'144;
  std::uint64_t ring_bytes = 64ULL << 20U;  ///< of the kernel, for packets that were not read yet
  bool promiscuous = true;
  std::optional<std::uint32_t> threads = 1;  ///< that share its packets; empty: by the cores
  std::string filter = {};  ///< as tcpdump takes it; empty: the one that is made for us

  bool operator==(const InterfaceSettings&) const = default;
};

/// Whose node id and name a received frame has when it goes on.
enum class HepNode : std::uint8_t { keep, rewrite };

/// One place where `run` receives HEP. The TLS members are set only when listen.carrier is tls.
struct HepSettings {
  CollectorUrl listen = {};                  ///< an address, not a name; port 0: the system chooses
  std::filesystem::path auth_key_file = {};  ///< where auth_key was read from; empty: no key
  std::string auth_key = {};  ///< what frames must carry; empty: they may carry any, or none
  HepNode node = HepNode::keep;
  std::filesystem::path certificate = {};  ///< PEM chain
  std::filesystem::path key = {};          ///< PEM key of `certificate`; set together with it
  std::filesystem::path ca = {};  ///< PEM; clients must show a certificate of it; empty: none

  bool operator==(const HepSettings&) const = default;
};

/// automatic: any_port in replay, ports in run, which cannot look at all there is.
enum class SipDetect : std::uint8_t { automatic, any_port, ports };

struct SipSettings {
  /// Those of captagent's documented example, so that who comes from there finds the same calls.
  PortRanges ports = PortRanges(1, PortRange{5060, 5091});
  SipDetect detect = SipDetect::automatic;

  bool operator==(const SipSettings&) const = default;
};

/// How much is kept of what is not whole yet, and for how long in packet time. SCTP has
/// fragments_bytes once more for itself, and streams_age.
struct ReassemblySettings {
  std::uint64_t fragments_bytes = 4ULL << 20U;
  std::uint64_t fragments_max = 16'384;  ///< datagrams being put together
  std::chrono::milliseconds fragments_age{30'000};
  std::uint64_t streams_bytes = 8ULL << 20U;  ///< of all TCP streams; at least stream_bytes
  std::uint64_t streams_max = 65'536;
  std::uint64_t stream_bytes = 1280ULL << 10U;
  std::chrono::milliseconds streams_age{600'000};  ///< of silence
  std::chrono::milliseconds gap_wait{1000};        ///< for a missing segment

  bool operator==(const ReassemblySettings&) const = default;
};

struct DuplicatesSettings {
  std::chrono::milliseconds window{5};  ///< 0: every copy is kept

  bool operator==(const DuplicatesSettings&) const = default;
};

struct RunSettings {
  std::uint64_t ring_bytes = 64ULL << 20U;
  std::chrono::milliseconds stop_wait{5000};  ///< for collectors, when it is told to stop

  bool operator==(const RunSettings&) const = default;
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
  std::chrono::milliseconds linger{32'000};      ///< for reports of media after the end of a call
  bool report = false;

  bool operator==(const CallsSettings&) const = default;
};

/// What becomes of reports that belong to no call.
enum class RtcpUnmatched : std::uint8_t { drop, send };

struct RtcpSettings {
  bool send = true;
  RtcpUnmatched unmatched = RtcpUnmatched::drop;
  std::uint64_t max_calls = 65'536;  ///< whose media are known at a time

  bool operator==(const RtcpSettings&) const = default;
};

/// What is told of DTMF in RTP.
enum class DtmfMode : std::uint8_t { mask, show };

struct RtpSettings {
  bool statistics = false;
  std::chrono::seconds interval{10};   ///< in packet time; 0: only when a stream is over
  std::uint64_t max_streams = 65'536;  ///< of each thread that captures
  DtmfMode dtmf = DtmfMode::mask;

  bool operator==(const RtpSettings&) const = default;
};

/// Reports of phones in SIP (RFC 6035).
struct VqSettings {
  bool send = false;

  bool operator==(const VqSettings&) const = default;
};

/// A network whose calls have KPIs of their own.
struct CarrierSettings {
  std::string name = {};  ///< unique; not "default", which is what all others are called
  AddressPrefixes prefixes = {};

  bool operator==(const CarrierSettings&) const = default;
};

/// What ends the post-dial delay, as PddMode has it.
enum class PostDialDelay : std::uint8_t { any, ringing, early_media };

struct KpiSettings {
  bool enabled = false;              ///< in run; replay without collectors always has them
  std::uint64_t max_calls = 65'536;  ///< whose transactions and dialogs are followed at a time
  PostDialDelay post_dial_delay = PostDialDelay::any;
  std::vector<CarrierSettings> carriers = {};

  bool operator==(const KpiSettings&) const = default;
};

/// What becomes of messages that no rule of the plan sends or drops.
enum class PlanUnmatched : std::uint8_t { send, drop };

/// What a rule's verdict holds for, beyond the message it was found for.
enum class RuleScope : std::uint8_t { message, dialog, call };

/// What is done to users; keep: all but so many characters of each is hidden.
enum class MaskUsers : std::uint8_t { none, hash, keep };

/// What is hidden from those that a rule sends to.
struct MaskSettings {
  MaskUsers users = MaskUsers::none;
  std::uint32_t keep = 0;
  bool credentials = false;
  bool keys = false;
  bool bodies = false;
  bool digits = false;

  bool operator==(const MaskSettings&) const = default;
};

/// Whether later rules are asked, too; automatic: unless this one sends or drops.
enum class RuleNext : std::uint8_t { automatic, stop, go_on };

/// What a rule does when its function comes to an error.
enum class RuleOnError : std::uint8_t { skip, match };

/// One rule of the capture plan. What its texts mean, `agent` knows.
struct PlanRuleSettings {
  std::string name = {};  ///< unique; "rule 3" when the file gives none
  std::string when = {};  ///< a Wireshark display filter; empty: always
  std::string lua = {};   ///< a function of the script; empty: none
  RuleOnError on_error = RuleOnError::skip;
  std::optional<std::vector<std::string>> send = {};  ///< names of collectors and pools
  bool drop = false;
  std::uint32_t sample = 1;   ///< one Call-ID in so many
  std::uint32_t limit = 0;    ///< messages a second; 0: any number
  std::string limit_by = {};  ///< a field; empty: all together
  MaskSettings mask = {};
  std::string node_suffix = {};
  std::string group = {};
  std::string count = {};
  bool log = false;
  RuleScope scope = RuleScope::message;
  RuleNext next = RuleNext::automatic;

  bool operator==(const PlanRuleSettings&) const = default;
};

/// gives     the name of a rule that the file gives none, by its place
[[nodiscard]] inline std::string default_rule_name(std::size_t index) {
  return "rule " + std::to_string(index + 1);
}

/// Decides which message goes where.
struct PlanSettings {
  PlanUnmatched unmatched = PlanUnmatched::send;
  std::filesystem::path mask_key_file = {};   ///< where mask_key was read from; empty: none
  std::string mask_key = {};                  ///< what hashes of users depend on
  std::filesystem::path lua_file = {};        ///< where lua was read from; empty: none
  std::string lua = {};                       ///< a script
  std::filesystem::path captagent_file = {};  ///< where captagent was read from; empty: none
  std::string captagent = {};                 ///< a plan in captagent's language, instead of rules
  AddressPrefixes local = {};                 ///< networks that are our own; empty: nobody has said
  std::vector<PlanRuleSettings> rules = {};
  /// Names of collectors that the plan was written for, when others have taken the place of all of them;
  /// empty: it was written for those that there are.
  std::vector<std::string> written_for = {};

  bool operator==(const PlanSettings&) const = default;
};

enum class SeccompMode : std::uint8_t { off, log, on };

/// What the daemon may still do once its capture handles are open.
struct SecuritySettings {
  std::string user = "heptap";  ///< whom a daemon that was started as root becomes
  SeccompMode seccomp = SeccompMode::on;
  bool reopen = true;  ///< CAP_NET_RAW is kept for interfaces that come and go

  bool operator==(const SecuritySettings&) const = default;
};

struct HttpSettings {
  /// An address, not a name; port 0: the system chooses. Empty: nothing is served.
  std::optional<HostPort> listen = HostPort{"127.0.0.1", 19060};

  bool operator==(const HttpSettings&) const = default;
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
  DnsSettings dns;
  std::vector<PoolSettings> pools;
  std::vector<InterfaceSettings> interfaces;
  SpoolSettings spool;
  StateSettings state;
  std::vector<HepSettings> hep;
  SipSettings sip;
  ReassemblySettings reassembly;
  DuplicatesSettings duplicates;
  RunSettings run;
  ReplaySettings replay;
  CallsSettings calls;
  HeaderNames link;  ///< whose value links the legs of a call; the first that is there counts
  RtcpSettings rtcp;
  RtpSettings rtp;
  VqSettings vq;
  KpiSettings kpi;
  PlanSettings plan;
  SecuritySettings security;
  HttpSettings http;
  LogSettings log;

  bool operator==(const Settings&) const = default;
};

}  // namespace heptap
