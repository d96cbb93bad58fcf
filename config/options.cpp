#include "config/options.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "config/plan_limits.hpp"

namespace heptap {
namespace {

// A member of one of the groups of Settings, and a member of the collector being read.
template <auto Group, auto Member>
Slot in(OptionTarget& to) {
  return &(to.settings.*Group.*Member);
}
template <auto Member>
Slot each(OptionTarget& to) {
  return &(to.collector->*Member);
}
template <auto Member>
Slot each_kafka(OptionTarget& to) {
  return &(to.collector->kafka.*Member);
}
template <auto Member>
Slot each_file(OptionTarget& to) {
  return &(to.collector->file.*Member);
}
template <auto Member>
Slot each_interface(OptionTarget& to) {
  return &(to.interface->*Member);
}
template <auto Member>
Slot each_hep(OptionTarget& to) {
  return &(to.hep->*Member);
}
template <auto Member>
Slot each_carrier(OptionTarget& to) {
  return &(to.carrier->*Member);
}
template <auto Member>
Slot each_rule(OptionTarget& to) {
  return &(to.rule->*Member);
}
template <auto Member>
Slot each_pool(OptionTarget& to) {
  return &(to.pool->*Member);
}
Slot hep_auth_key(OptionTarget& to) {
  return ContentSlot{&to.hep->auth_key_file, &to.hep->auth_key};
}
Slot auth_key(OptionTarget& to) {
  return ContentSlot{&to.settings.node.auth_key_file, &to.settings.node.auth_key};
}
template <auto Member>
Slot each_mask(OptionTarget& to) {
  return &(to.rule->mask.*Member);
}
Slot mask_key(OptionTarget& to) {
  return ContentSlot{&to.settings.plan.mask_key_file, &to.settings.plan.mask_key};
}
Slot script(OptionTarget& to) {
  return ContentSlot{&to.settings.plan.lua_file, &to.settings.plan.lua};
}
Slot captagent(OptionTarget& to) {
  return ContentSlot{&to.settings.plan.captagent_file, &to.settings.plan.captagent};
}
Slot link_headers(OptionTarget& to) { return &to.settings.link; }

using S = Settings;
using Node = NodeSettings;
using Collector = CollectorSettings;
using Kafka = KafkaSettings;
using File = FileSettings;
using Pool = PoolSettings;
using Interface = InterfaceSettings;
using Hep = HepSettings;
using Spool = SpoolSettings;
using Dns = DnsSettings;
using Sip = SipSettings;
using Reassembly = ReassemblySettings;
using Run = RunSettings;
using Replay = ReplaySettings;
using Calls = CallsSettings;
using Kpi = KpiSettings;
using Rule = PlanRuleSettings;
using Mask = MaskSettings;
using Security = SecuritySettings;
using Kind = OptionKind;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t tib = 1024 * gib;
constexpr std::uint64_t second = 1000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t max_u32 = std::numeric_limits<std::uint32_t>::max();

// A SIP message of 1 MiB, and what may come behind it before it is whole.
constexpr std::uint64_t least_message_bytes = 1280 * kib;

// In the order of CollectorMembers, KafkaFormat, KafkaKey, PoolMode, HepNode, SipDetect, ReplayTime,
// RtcpUnmatched, DtmfMode, PostDialDelay, PlanUnmatched, MaskUsers, RuleScope, RuleNext, RuleOnError,
// FileCompress, SeccompMode and LogLevel.
constexpr std::array<std::string_view, 3> member_words{"one", "addresses", "srv"};
constexpr std::array<std::string_view, 2> kafka_formats{"hep", "json"};
constexpr std::array<std::string_view, 2> kafka_keys{"call_id", "none"};
constexpr std::array<std::string_view, 4> pool_modes{"mirror", "failover", "hash", "round_robin"};
constexpr std::array<std::string_view, 2> hep_nodes{"keep", "rewrite"};
constexpr std::array<std::string_view, 3> sip_detects{"auto", "any-port", "ports"};
constexpr std::array<std::string_view, 2> replay_times{"original", "now"};
constexpr std::array<std::string_view, 2> rtcp_unmatched{"drop", "send"};
constexpr std::array<std::string_view, 2> dtmf_modes{"mask", "show"};
constexpr std::array<std::string_view, 3> post_dial_delays{"any", "ringing", "early_media"};
constexpr std::array<std::string_view, 2> plan_unmatched{"send", "drop"};
constexpr std::array<std::string_view, 3> mask_users{"none", "hash", "keep"};
constexpr std::array<std::string_view, 3> rule_scopes{"message", "dialog", "call"};
constexpr std::array<std::string_view, 3> rule_nexts{"auto", "stop", "continue"};
constexpr std::array<std::string_view, 2> rule_on_errors{"skip", "match"};
constexpr std::array<std::string_view, 2> file_compressions{"none", "zstd"};
constexpr std::array<std::string_view, 3> seccomp_modes{"off", "log", "on"};
constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"};

constexpr auto endpoint = ForCarrier::endpoint;
constexpr auto network = ForCarrier::network;
constexpr auto connection = ForCarrier::connection;
constexpr auto tls = ForCarrier::tls;
constexpr auto kafka = ForCarrier::kafka;
constexpr auto file = ForCarrier::file;

// clang-format off
constexpr std::array table{
    Option{"node.id", Kind::integer, "2001", {0, max_u32},
           "capture agent id in every frame (HEP chunk 0x0c)", in<&S::node, &Node::id>},
    Option{"node.name", Kind::text, "", {0, 20},
           "node name in every frame (HEP chunk 0x13); HOMER keeps 20 characters", in<&S::node, &Node::name>},
    Option{"node.auth_key_file", Kind::secret_file, "", {1, 255},
           "file whose content, without the last line end, is the auth key (HEP chunk 0x0e)", auth_key},

    Option{"collectors", Kind::list, "", {0, 64},
           "where frames are sent; without a plan every collector gets all of them, and those in pools what these give them"},
    Option{"collectors[].name", Kind::text, "", {1, 64},
           "unique name in the ledger and the log; without one, the url", each<&Collector::name>},
    Option{"collectors[].url", Kind::url, "", {},
           "address of the collector; or files here: pcapng:, jsonl: or console: and a path, whose last part may have the time it is begun at in UTC as %Y %m %d %H %M %S; - is standard output; the first file of run needs a restart, unless it has a spool or a state.directory", each<&Collector::url>, ForCarrier::any, true},
    Option{"collectors[].members", Kind::choice, "one", {},
           "what the name in the url stands for: one, a collector at any of its addresses; addresses, a pool of them all; srv, a pool of the targets of its SRV records, which are those of _hep._udp or _hep._tcp before the name, unless it begins with another service. A pool is looked up again when the records are too old", each<&Collector::members>,
           endpoint, false, member_words},
    Option{"collectors[].ca", Kind::file, "", {},
           "PEM file of the authorities to trust; without one, the system's", each<&Collector::ca>, tls},
    Option{"collectors[].server_name", Kind::text, "", {1, 253},
           "name the certificate must carry; without one, the host of the url, without a service before it", each<&Collector::server_name>, tls},
    Option{"collectors[].certificate", Kind::file, "", {},
           "PEM file of our own certificate chain; only together with key", each<&Collector::certificate>, tls},
    Option{"collectors[].key", Kind::key_file, "", {},
           "PEM file of our own private key; only together with certificate", each<&Collector::key>, tls},
    Option{"collectors[].verify", Kind::flag, "true", {},
           "check the collector's certificate; false lets anyone read and forge the traffic", each<&Collector::verify>, tls},
    Option{"collectors[].batch", Kind::flag, "true", {},
           "send several frames with one system call", each<&Collector::batch>, endpoint},
    Option{"collectors[].rate_limit", Kind::integer, "0", {0, 10'000'000},
           "messages a second that it gets at most, and as many from its spool; 0: any number", each<&Collector::rate_limit>, endpoint},
    Option{"collectors[].resend_bytes", Kind::size, "6MiB", {0, 64 * mib},
           "frames kept after sending, sent again on the next connection; at most half of run.ring or replay.ring", each<&Collector::resend_bytes>, connection},
    Option{"collectors[].keepalive", Kind::duration, "60s", {second, hour},
           "silence after which TCP probes the collector; whole seconds", each<&Collector::keepalive>, connection},
    Option{"collectors[].spool", Kind::flag, "true", {},
           "keep on disk what it cannot take, when there is a spool.directory; false loses it as if there were none", each<&Collector::spool>, network},
    Option{"collectors[].kafka.format", Kind::choice, "hep", {},
           "what a record of Kafka is: hep, the frame as collectors get it; json, the object that `heptap collect --out json` prints, without the auth key", each_kafka<&Kafka::format>, kafka, false, kafka_formats},
    Option{"collectors[].kafka.key", Kind::choice, "call_id", {},
           "key of a record: call_id, so that a call stays in one partition (murmur2, as Java clients choose it); none, any partition", each_kafka<&Kafka::key>, kafka, false, kafka_keys},
    Option{"collectors[].kafka.buffer", Kind::size, "64MiB", {mib, gib},
           "memory for records that brokers have not confirmed; librdkafka needs up to half as much again, and up to 20 MiB wait on their way to it", each_kafka<&Kafka::buffer_bytes>, kafka},
    Option{"collectors[].kafka.properties", Kind::texts, "", {1, 64},
           "properties of librdkafka by their names, as its CONFIGURATION.md has them: security.protocol, compression.codec, linger.ms", each_kafka<&Kafka::properties>, kafka},
    Option{"collectors[].kafka.secret_files", Kind::secret_texts, "", {1, 16},
           "the same where values are secret, as sasl.password: files whose content, without the last line end, is the value", each_kafka<&Kafka::secrets>, kafka},
    Option{"collectors[].file.size", Kind::size, "100MiB", {0, tib},
           "a file ends before it is larger; 0: never for its size", each_file<&File::size_bytes>, file},
    Option{"collectors[].file.age", Kind::duration, "1h", {0, 8784 * hour, second},
           "a file ends so long after its first message, by the wall clock; whole seconds; 0: never for its age", each_file<&File::age>, file},
    Option{"collectors[].file.keep", Kind::integer, "24", {0, 1'000'000},
           "files of this collector in the folder, those of earlier runs included; then the oldest are removed; 0: any number", each_file<&File::keep>, file},
    Option{"collectors[].file.total", Kind::size, "0", {0, 1024 * tib},
           "disk for all files of this collector; then the oldest are removed; at least file.size; 0: no limit", each_file<&File::total_bytes>, file},
    Option{"collectors[].file.compress", Kind::choice, "none", {},
           "zstd: written compressed, with .zst behind the name", each_file<&File::compress>, file, false, file_compressions},

    Option{"dns.servers", Kind::servers, "", {1, 8},
           "name servers to ask for members of collectors, instead of those in /etc/resolv.conf; /etc/hosts comes first", in<&S::dns, &Dns::servers>},

    Option{"spool.directory", Kind::directory, "", {},
           "where messages wait on disk for a collector that is down or too slow, in a folder of its own; only one heptap may use it; the first one needs a restart of run, unless it writes files already; without one, they wait in run.ring or replay.ring as long as there is room", in<&S::spool, &Spool::directory>},
    Option{"spool.size", Kind::size, "1GiB", {4 * mib, tib},
           "disk for each collector; then the oldest make room", in<&S::spool, &Spool::size_bytes>},
    Option{"spool.age", Kind::duration, "24h", {second, 8784 * hour, second},
           "how long messages wait before they are dropped; whole seconds", in<&S::spool, &Spool::age>},
    Option{"spool.sync", Kind::duration, "1s", {0, minute},
           "how often the disk is made to have what was written: a crash of the machine loses what is younger, one of heptap nothing; 0: after each block of messages", in<&S::spool, &Spool::sync>},
    Option{"spool.rate", Kind::integer, "10000", {0, 10'000'000},
           "messages a second sent out of it while new ones are sent, too; 0: any number", in<&S::spool, &Spool::rate>},

    Option{"state.directory", Kind::directory, "", {},
           "where run writes what it knows of calls when it stops, so that the next start goes on with them; only one heptap may use it; a change needs a restart; without one, a restart forgets the calls that are up", in<&S::state, &StateSettings::directory>},

    Option{"pools", Kind::list, "", {0, 32},
           "collectors that share frames or stand in for one another; a plan may send to a pool by its name, and without one every pool gets all frames. With collectors, they are at most 64"},
    Option{"pools[].name", Kind::text, "", {1, 64},
           "unique name, among those of collectors, too", each_pool<&Pool::name>, ForCarrier::any, true},
    Option{"pools[].policy", Kind::choice, "", {},
           "who gets a frame: mirror, all; failover, the first that is healthy; hash, one by the Call-ID, the same at every agent that has these names, and where one fails its calls alone move; round_robin, the same, but what is of no call goes to each in turn", each_pool<&Pool::policy>,
           ForCarrier::any, true, pool_modes},
    Option{"pools[].collectors", Kind::names, "", {1, 64},
           "names of its collectors, in the order of their priority; they get nothing else, unless a rule of the plan names them", each_pool<&Pool::collectors>, ForCarrier::any, true},
    Option{"pools[].fail_after", Kind::duration, "1s", {100, 10 * minute},
           "how long a collector has no connection, or takes nothing of what waits for it, until new frames go to others; where nobody is healthy, they wait as if all were", each_pool<&Pool::fail_after>},
    Option{"pools[].return_after", Kind::duration, "10s", {0, hour},
           "how long one that has failed must be well until frames go to it again; calls that have begun move back with the others", each_pool<&Pool::return_after>},

    Option{"interfaces", Kind::list, "", {0, 16},
           "where `heptap run` captures"},
    Option{"interfaces[].name", Kind::text, "", {1, 15},
           "network interface as `ip link` shows it, or any; one that is not there is waited for", each_interface<&Interface::name>, ForCarrier::any, true},
    Option{"interfaces[].snaplen", Kind::integer, "262144", {256, 262'144},
           "bytes captured of each packet; the default takes all, also of joined segments", each_interface<&Interface::snaplen>},
    Option{"interfaces[].ring", Kind::size, "64MiB", {mib, gib},
           "memory of the kernel for packets that are not read yet", each_interface<&Interface::ring_bytes>},
    Option{"interfaces[].promiscuous", Kind::flag, "true", {},
           "capture also what is for other machines, as on a mirror port", each_interface<&Interface::promiscuous>},
    Option{"interfaces[].threads", Kind::auto_integer, "1", {1, 64},
           "threads that share its packets, each with a ring of its own here and in the kernel; what reassembly may keep is shared out to all threads; auto: by the cores, of which one is left for sending", each_interface<&Interface::threads>},
    Option{"interfaces[].filter", Kind::expression, "", {1, 4096},
           "what to capture, instead of the filter that heptap makes, see `heptap check --show-filter`; our own connections to collectors are left out in any case, and HEP of others is dropped and counted; names of hosts in it are looked up once", each_interface<&Interface::filter>},

    Option{"hep", Kind::list, "", {0, 16},
           "where `heptap run` receives HEP of others and passes it on; beside interfaces, or without any"},
    Option{"hep[].listen", Kind::listen_url, "", {},
           "where it is received; port 0: any free one. Of UDP the kernel keeps 4 MiB for us, or net.core.rmem_max", each_hep<&Hep::listen>, ForCarrier::any, true},
    Option{"hep[].auth_key_file", Kind::secret_file, "", {1, 255},
           "file whose content, without the last line end, is the auth key (HEP chunk 0x0e) that a frame must carry", hep_auth_key},
    Option{"hep[].node", Kind::choice, "keep", {},
           "node id and name of frames that go on: those they came with, or those of node", each_hep<&Hep::node>,
           ForCarrier::any, false, hep_nodes},
    Option{"hep[].certificate", Kind::file, "", {},
           "PEM file of the certificate chain to show; needed", each_hep<&Hep::certificate>, tls},
    Option{"hep[].key", Kind::key_file, "", {},
           "PEM file of its private key; needed", each_hep<&Hep::key>, tls},
    Option{"hep[].ca", Kind::file, "", {},
           "PEM file of authorities; who sends must show a certificate of one; without it, anyone may send", each_hep<&Hep::ca>, tls},

    Option{"sip.ports", Kind::ports, "5060-5091", {1, 65'535},
           "where SIP is looked for unless on any port: to one of them, or from it; in TCP there, also behind what is no SIP", in<&S::sip, &Sip::ports>},
    Option{"sip.detect", Kind::choice, "auto", {},
           "whether what reads as SIP is SIP on any port, or only on those of sip.ports; auto: on any in replay, on those in run", in<&S::sip, &Sip::detect>,
           ForCarrier::any, false, sip_detects},

    Option{"reassembly.fragments_bytes", Kind::size, "4MiB", {least_message_bytes, gib},
           "memory for IP fragments of datagrams that are not whole; as much again for the fragments of SCTP", in<&S::reassembly, &Reassembly::fragments_bytes>},
    Option{"reassembly.fragments_max", Kind::integer, "16384", {1024, 1'048'576},
           "datagrams put together at a time", in<&S::reassembly, &Reassembly::fragments_max>},
    Option{"reassembly.fragments_age", Kind::duration, "30s", {second, 10 * minute},
           "packet time after which a datagram that is not whole is given up", in<&S::reassembly, &Reassembly::fragments_age>},
    Option{"reassembly.streams_bytes", Kind::size, "8MiB", {least_message_bytes, gib},
           "memory for what TCP streams hold until it is whole and in order", in<&S::reassembly, &Reassembly::streams_bytes>},
    Option{"reassembly.streams_max", Kind::integer, "65536", {1024, 1'048'576},
           "TCP streams remembered at a time, each direction of a connection one", in<&S::reassembly, &Reassembly::streams_max>},
    Option{"reassembly.stream_bytes", Kind::size, "1280KiB", {least_message_bytes, 64 * mib},
           "most that one TCP stream holds in order, and as much again with a gap in it; the least is enough for a message of 1 MiB", in<&S::reassembly, &Reassembly::stream_bytes>},
    Option{"reassembly.streams_age", Kind::duration, "10m", {second, 24 * hour},
           "packet time of silence after which a stream is forgotten", in<&S::reassembly, &Reassembly::streams_age>},
    Option{"reassembly.gap_wait", Kind::duration, "1s", {1, minute},
           "packet time that a TCP stream waits for a missing segment before it goes on behind it", in<&S::reassembly, &Reassembly::gap_wait>},

    Option{"duplicates.window", Kind::duration, "5ms", {0, 100},
           "packet time in which the same SIP over UDP again is a mirror's copy, and dropped; 0 keeps all", in<&S::duplicates, &DuplicatesSettings::window>},

    Option{"run.ring", Kind::size, "64MiB", {mib, gib},
           "memory for frames between capturing and sending, taken at the start; what finds no room in it is lost and counted", in<&S::run, &Run::ring_bytes>},
    Option{"run.stop_wait", Kind::duration, "5s", {0, 5 * minute},
           "how long collectors have for the rest when heptap is told to stop", in<&S::run, &Run::stop_wait>},

    Option{"replay.ring", Kind::size, "16MiB", {mib, gib},
           "memory for frames between reading and sending", in<&S::replay, &Replay::ring_bytes>},
    Option{"replay.wait", Kind::duration, "30s", {second / 2, hour},
           "how long a collector may be down before replay goes on without it", in<&S::replay, &Replay::wait>},
    Option{"replay.speed", Kind::speed, "max", {},
           "pace of the packets, times real time; max: as fast as the collectors take them", in<&S::replay, &Replay::speed>},
    Option{"replay.time", Kind::choice, "original", {},
           "timestamps of the frames: those of the capture, or shifted to start now", in<&S::replay, &Replay::time>,
           ForCarrier::any, false, replay_times},

    Option{"calls.max_entries", Kind::integer, "262144", {1024, 16'777'216},
           "calls remembered at a time", in<&S::calls, &Calls::max_entries>},
    Option{"calls.max_age", Kind::duration, "1h", {second, 168 * hour},
           "packet time without a message, or media where they are followed, after which a call is forgotten", in<&S::calls, &Calls::max_age>},
    Option{"calls.linger", Kind::duration, "32s", {0, hour},
           "packet time after the end of a call in which reports of its media are still its own", in<&S::calls, &Calls::linger>},
    Option{"calls.report", Kind::flag, "false", {},
           "send all that is known of a call when it is over as JSON (HEP payload type 100) under its Call-ID", in<&S::calls, &Calls::report>},

    Option{"link", Kind::headers, "", {0, 8},
           "headers whose value is the correlation id (HEP chunk 0x11) of all messages of their call and of the reports of its media; the first that a call has counts", link_headers},

    Option{"rtcp.send", Kind::flag, "true", {},
           "send reports of RTCP as JSON (HEP payload type 5) under the Call-ID of the call whose SDP names their addresses; false drops and counts them", in<&S::rtcp, &RtcpSettings::send>},
    Option{"rtcp.unmatched", Kind::choice, "drop", {},
           "what becomes of reports that belong to no call: drop counts them by their reason, send sends them with their addresses as correlation id", in<&S::rtcp, &RtcpSettings::unmatched>,
           ForCarrier::any, false, rtcp_unmatched},
    Option{"rtcp.max_calls", Kind::integer, "65536", {1024, 16'777'216},
           "calls whose media, or link, are known at a time; 1 KiB of memory each", in<&S::rtcp, &RtcpSettings::max_calls>},

    Option{"rtp.statistics", Kind::flag, "false", {},
           "follow streams of RTP by their headers and send reports of them (HEP payload type 34) under the Call-ID of the call whose SDP names their addresses; false drops and counts RTP", in<&S::rtp, &RtpSettings::statistics>},
    Option{"rtp.interval", Kind::duration, "10s", {0, hour, second},
           "packet time between reports of a stream; 0: only when it is over", in<&S::rtp, &RtpSettings::interval>},
    Option{"rtp.max_streams", Kind::integer, "65536", {1024, 16'777'216},
           "streams followed at a time by each thread that captures; 0.7 KiB of memory each", in<&S::rtp, &RtpSettings::max_streams>},
    Option{"rtp.dtmf", Kind::choice, "mask", {},
           "keys pressed during a call, as telephone events tell them: mask tells that one was, show also which one", in<&S::rtp, &RtpSettings::dtmf>,
           ForCarrier::any, false, dtmf_modes},

    Option{"vq.send", Kind::flag, "false", {},
           "send reports of phones in SIP (vq-rtcpxr) once more, as JSON (HEP payload type 35) under the Call-ID that they name", in<&S::vq, &VqSettings::send>},

    Option{"kpi.enabled", Kind::flag, "false", {},
           "count SIP KPIs in run, for /metrics; replay without collectors has them in any case", in<&S::kpi, &Kpi::enabled>},
    Option{"kpi.max_calls", Kind::integer, "65536", {1024, 16'777'216},
           "calls whose transactions and dialogs are followed at a time; 1.1 KiB of memory each", in<&S::kpi, &Kpi::max_calls>},
    Option{"kpi.post_dial_delay", Kind::choice, "any", {},
           "what ends the post-dial delay: any of 180, 183 and 200; 180 alone; or, of 183, only one with SDP", in<&S::kpi, &Kpi::post_dial_delay>,
           ForCarrier::any, false, post_dial_delays},
    Option{"kpi.carriers", Kind::list, "", {0, 63},
           "networks whose calls have KPIs of their own; a call is of the carrier of the source of its first message, else of the destination, else of default"},
    Option{"kpi.carriers[].name", Kind::text, "", {1, 64},
           "unique name in metrics and summaries", each_carrier<&CarrierSettings::name>, ForCarrier::any, true},
    Option{"kpi.carriers[].prefixes", Kind::prefixes, "", {1, 64},
           "its addresses; of all prefixes that hold an address the longest counts", each_carrier<&CarrierSettings::prefixes>, ForCarrier::any, true},

    Option{"plan.unmatched", Kind::choice, "send", {},
           "what becomes of messages that no rule sends or drops: send sends them to every pool, and to every collector in none", in<&S::plan, &PlanSettings::unmatched>,
           ForCarrier::any, false, plan_unmatched},
    Option{"plan.local", Kind::prefixes, "", {1, 64},
           "networks that are your own, with commas between: heptap.direction is told by them", in<&S::plan, &PlanSettings::local>},
    Option{"plan.mask_key_file", Kind::secret_file, "", {16, 255},
           "file whose content, without the last line end, is the secret of mask.users: hash; agents with the same secret give a user the same hash", mask_key},
    Option{"plan.lua", Kind::script_file, "", {1, mib},
           "script of Lua (LuaJIT) whose functions rules may ask", script},
    Option{"plan.captagent", Kind::script_file, "", {1, 64 * kib},
           "capture plan in captagent's language, instead of rules; its blocks send to collectors by their names, and what it does not send is dropped", captagent},
    Option{"plan.rules", Kind::list, "", {0, max_plan_rules},
           "what is sent where, by rules that are asked in their order; what one sends or drops, later ones are not asked about unless next says so"},
    Option{"plan.rules[].name", Kind::label, "", {1, 64},
           "unique name in metrics and the log; without one, its number", each_rule<&Rule::name>},
    Option{"plan.rules[].when", Kind::condition, "", {1, 16'384},
           "messages that it is for, as a Wireshark display filter, see `heptap plan fields`; without one, all", each_rule<&Rule::when>},
    Option{"plan.rules[].lua", Kind::text, "", {1, 64},
           "function of the script that is asked about what when holds for; the rule is for a message when it gives a value that is neither false nor nil", each_rule<&Rule::lua>},
    Option{"plan.rules[].on_error", Kind::choice, "skip", {},
           "what an error of that function means: skip, the rule is not for the message and later rules are asked, so that no error drops one; match, it is, so that what the rule masks is masked", each_rule<&Rule::on_error>,
           ForCarrier::any, false, rule_on_errors},
    Option{"plan.rules[].send", Kind::names, "", {1, 64},
           "names of the collectors and pools that get them", each_rule<&Rule::send>},
    Option{"plan.rules[].drop", Kind::flag, "false", {},
           "nobody gets them, but those that earlier rules have sent them to", each_rule<&Rule::drop>},
    Option{"plan.rules[].sample", Kind::sample, "1/1", {1, 1'000'000},
           "of how many Call-IDs one is kept, the same at every agent, so that calls stay whole; others are dropped, or, by a rule that sends and continues, not sent by it", each_rule<&Rule::sample>},
    Option{"plan.rules[].limit", Kind::integer, "0", {0, 1'000'000},
           "messages a second that it lets through; what is more is dropped, or not sent by it, as with sample; 0: any number", each_rule<&Rule::limit>},
    Option{"plan.rules[].limit_by", Kind::text, "", {1, 255},
           "field each of whose values has a limit of its own, as ip.src", each_rule<&Rule::limit_by>},
    Option{"plan.rules[].mask.users", Kind::choice, "none", {},
           "users in URIs, display names and SDP: hash hides them so that each has the same hash in all messages, keep shows the first characters; the length stays", each_mask<&Mask::users>,
           ForCarrier::any, false, mask_users},
    Option{"plan.rules[].mask.keep", Kind::integer, "0", {0, 15},
           "how many characters of a user mask.users: keep shows", each_mask<&Mask::keep>},
    Option{"plan.rules[].mask.credentials", Kind::flag, "false", {},
           "hide what proves who somebody is: responses of Digest, Basic and Bearer", each_mask<&Mask::credentials>},
    Option{"plan.rules[].mask.keys", Kind::flag, "false", {},
           "hide keys of media in SDP", each_mask<&Mask::keys>},
    Option{"plan.rules[].mask.bodies", Kind::flag, "false", {},
           "hide bodies, all but SDP", each_mask<&Mask::bodies>},
    Option{"plan.rules[].mask.digits", Kind::flag, "false", {},
           "hide keys pressed, in bodies of INFO and NOTIFY", each_mask<&Mask::digits>},
    Option{"plan.rules[].node_suffix", Kind::text, "", {0, 20},
           "what is put behind the node name (HEP chunk 0x13) of what it sends", each_rule<&Rule::node_suffix>},
    Option{"plan.rules[].group", Kind::text, "", {1, 64},
           "group id (HEP chunk 0x29) of what it sends", each_rule<&Rule::group>},
    Option{"plan.rules[].count", Kind::text, "", {1, 64},
           "name of a counter on /metrics that it adds its messages to; rules may share one", each_rule<&Rule::count>},
    Option{"plan.rules[].log", Kind::flag, "false", {},
           "write a line to the log for a message, at most one a second", each_rule<&Rule::log>},
    Option{"plan.rules[].scope", Kind::choice, "message", {},
           "what it holds for once a message was for it: message, that one; dialog, also all SIP of its Call-ID from then on; call, also RTCP, RTP and reports of that call", each_rule<&Rule::scope>,
           ForCarrier::any, false, rule_scopes},
    Option{"plan.rules[].next", Kind::choice, "auto", {},
           "whether later rules are asked about its messages, too; auto: unless it sends or drops", each_rule<&Rule::next>,
           ForCarrier::any, false, rule_nexts},

    Option{"security.user", Kind::text, "heptap", {1, 32},
           "user that run becomes when it was started as root; capturing needs no root", in<&S::security, &Security::user>},
    Option{"security.seccomp", Kind::choice, "on", {},
           "system calls that run does not need once it captures: off allows them, log writes them to the kernel's log, on refuses them", in<&S::security, &Security::seccomp>,
           ForCarrier::any, false, seccomp_modes},
    Option{"security.reopen", Kind::flag, "true", {},
           "keep CAP_NET_RAW, so that an interface that is removed and made again is captured again; false gives it up", in<&S::security, &Security::reopen>},

    Option{"http.listen", Kind::listen, "127.0.0.1:19060", {},
           "where /metrics, /healthz and /readyz are served, to anyone who can connect; port 0: any free one", in<&S::http, &HttpSettings::listen>},

    Option{"log.level", Kind::choice, "info", {},
           "least important messages that are written", in<&S::log, &LogSettings::level>,
           ForCarrier::any, false, log_levels},
};
// clang-format on

}  // namespace

std::span<const Option> options() noexcept { return table; }

const Option* find_option(std::string_view path) noexcept {
  const auto* const row = std::find_if(table.begin(), table.end(),
                                       [&](const Option& option) { return option.path == path; });
  return row == table.end() ? nullptr : row;
}

}  // namespace heptap
