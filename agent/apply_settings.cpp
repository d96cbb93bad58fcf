#include "agent/apply_settings.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "agent/filter_settings.hpp"
#include "agent/plan_settings.hpp"
#include "agent/report/file_forms.hpp"
#include "agent/report/output_records.hpp"
#include "config/spool_folder.hpp"
#include "transport/kafka/kafka_conf.hpp"
#include "transport/tls.hpp"

namespace heptap {
namespace {

Carrier carrier_of(CollectorCarrier carrier) {
  switch (carrier) {
    case CollectorCarrier::udp: return Carrier::udp;
    case CollectorCarrier::tcp: return Carrier::tcp;
    case CollectorCarrier::tls: return Carrier::tls;
    case CollectorCarrier::kafka: return Carrier::tcp;
    case CollectorCarrier::pcapng:
    case CollectorCarrier::jsonl:
    case CollectorCarrier::console: break;  // no network
  }
  std::abort();
}

bool has_members(const CollectorSettings& collector) noexcept {
  return collector.members != CollectorMembers::one;
}

// What records say nobody vouches for: a certificate is for the name that was configured.
// source: RFC 6125 section 6.2.1
std::string server_name(const CollectorSettings& collector) {
  const bool is_said = !collector.server_name.empty() || !has_members(collector);
  return is_said ? collector.server_name : endpoint_of(collector.url).host;
}

// gives     the host, without the labels of a service: "_hep._tcp."
std::string without_service(std::string_view host) {
  std::string_view rest = host;
  while (rest.starts_with('_') && rest.find('.') != std::string_view::npos) {
    rest.remove_prefix(rest.find('.') + 1);
  }
  return std::string{rest.empty() ? host : rest};
}

KafkaOptions kafka_options(const CollectorSettings& settings) {
  KafkaOptions options;
  for (const HostPort& one : settings.url.brokers) {
    options.brokers.append(options.brokers.empty() ? "" : ",").append(to_string(one));
  }
  options.topic = settings.url.topic;
  options.properties = settings.kafka.properties;
  options.properties.insert(settings.kafka.secrets.begin(), settings.kafka.secrets.end());
  options.buffer_bytes = settings.kafka.buffer_bytes;
  if (settings.kafka.format == KafkaFormat::json) options.write_record = write_json_record;
  if (settings.kafka.key == KafkaKey::call_id) options.write_key = write_call_id;
  return options;
}

MakeFileForm form_of(CollectorCarrier carrier) {
  switch (carrier) {
    case CollectorCarrier::udp:
    case CollectorCarrier::tcp:
    case CollectorCarrier::tls:
    case CollectorCarrier::kafka: break;  // no files
    case CollectorCarrier::pcapng: return make_pcapng_form;
    case CollectorCarrier::jsonl: return make_json_form;
    case CollectorCarrier::console: return make_console_form;
  }
  std::abort();
}

FileOptions file_options(const CollectorUrl& url, const FileSettings& settings) {
  const bool is_compressed = settings.compress == FileCompress::zstd;
  return {.path = url.path,
          .form = form_of(url.carrier),
          .limits = {.max_bytes = settings.size_bytes,
                     .max_age = settings.age,
                     .max_files = settings.keep,
                     .total_bytes = settings.total_bytes},
          .compression = is_compressed ? FileCompression::zstd : FileCompression::none};
}

CollectorOptions collector_options(const CollectorSettings& settings) {
  CollectorOptions options;
  options.name = settings.name;
  if (is_file(settings.url.carrier)) {
    options.file = file_options(settings.url, settings.file);
    return options;
  }
  options.endpoint = endpoint_of(settings.url);
  options.tls = {.ca_file = settings.ca.string(),
                 .server_name = server_name(settings),
                 .certificate_file = settings.certificate.string(),
                 .key_file = settings.key.string(),
                 .verify = settings.verify};
  if (settings.url.carrier == CollectorCarrier::kafka) options.kafka = kafka_options(settings);
  options.coalesce = settings.batch;
  options.frames_per_second = settings.rate_limit;
  options.keepalive = settings.keepalive;
  options.resend_bytes = settings.resend_bytes;
  return options;
}

SpoolOptions spool_options(const SpoolSettings& settings, const std::string& collector) {
  return {.folder = spool_folder(settings, collector),
          .limits = {.max_bytes = settings.size_bytes, .max_age = settings.age},
          .sync_every = settings.sync,
          .frames_per_second = settings.rate};
}

PoolPolicy policy_of(PoolMode mode) {
  switch (mode) {
    case PoolMode::mirror: return PoolPolicy::mirror;
    case PoolMode::failover: return PoolPolicy::failover;
    case PoolMode::hash: return PoolPolicy::hash;
    case PoolMode::round_robin: return PoolPolicy::round_robin;
  }
  std::abort();
}

// Checked: a collector has the same times in all its pools.
void add_pool(const PoolSettings& settings, std::vector<PoolOptions>& pools,
              std::vector<CollectorOptions>& collectors) {
  pools.push_back({.name = settings.name,
                   .policy = policy_of(settings.policy),
                   .collectors = settings.collectors.value_or(std::vector<std::string>{}),
                   .shares = {},
                   .is_part = false});
  for (CollectorOptions& one : collectors) {
    const auto& members = pools.back().collectors;
    if (std::find(members.begin(), members.end(), one.name) == members.end()) continue;
    one.health = HealthOptions{settings.fail_after, settings.return_after};
  }
}

// Each has its own; in pools of the configuration, members of several names can be together.
// pools     of the configuration
std::vector<PoolOptions> member_pools(const NameOptions& names,
                                      const std::vector<PoolOptions>& pools) {
  std::vector<PoolOptions> own;
  for (const NamedCollector& one : names.collectors) {
    const bool is_part = std::any_of(pools.begin(), pools.end(), [&](const PoolOptions& pool) {
      const auto& all = pool.collectors;
      return std::find(all.begin(), all.end(), one.name) != all.end();
    });
    own.push_back({.name = one.name,
                   .policy = PoolPolicy::hash,
                   .collectors = {one.name},
                   .shares = {},
                   .is_part = is_part});
  }
  return own;
}

void add_pools(const Settings& settings, const NameOptions& names, std::vector<PoolOptions>& pools,
               std::vector<CollectorOptions>& collectors) {
  pools.clear();
  for (const PoolSettings& pool : settings.pools) add_pool(pool, pools, collectors);
  std::vector<PoolOptions> own = member_pools(names, pools);
  for (const PoolOptions& pool : own) {
    for (CollectorOptions& one : collectors) {
      if (one.name == pool.name && !one.health) one.health.emplace();
    }
  }
  pools.insert(pools.begin(), own.begin(), own.end());
}

HepSourceOptions hep_source_options(const HepSettings& settings) {
  HepSourceOptions options;
  options.listen = endpoint_of(settings.listen);
  options.tls = {.certificate_file = settings.certificate.string(),
                 .key_file = settings.key.string(),
                 .client_ca_file = settings.ca.string()};
  options.auth_key = settings.auth_key;
  options.nodes = settings.node == HepNode::keep ? hep::NodePolicy::keep : hep::NodePolicy::rewrite;
  return options;
}

template <class Make>
std::string fault_of(Make make) {
  try {
    (void)make();
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  std::abort();
}

std::int64_t micros(std::chrono::milliseconds duration) {
  return std::chrono::microseconds(duration).count();
}

RtpOptions rtp_options(const RtpSettings& settings) {
  return {.interval_us = micros(settings.interval),
          .max_streams = settings.max_streams,
          .shows_digits = settings.dtmf == DtmfMode::show};
}

PipelineOptions pipeline_options(const Settings& settings) {
  const ReassemblySettings& reassembly = settings.reassembly;
  PipelineOptions options;
  options.fragments.max_bytes = reassembly.fragments_bytes;
  options.fragments.max_datagrams = reassembly.fragments_max;
  options.fragments.max_age_us = micros(reassembly.fragments_age);
  options.streams.max_bytes = reassembly.streams_bytes;
  options.streams.max_streams = reassembly.streams_max;
  options.streams.max_stream_bytes = reassembly.stream_bytes;
  options.streams.max_age_us = micros(reassembly.streams_age);
  options.streams.gap_wait_us = micros(reassembly.gap_wait);
  options.sctp.max_bytes = reassembly.fragments_bytes;
  options.sctp.max_age_us = micros(reassembly.streams_age);
  options.duplicate_window_us = micros(settings.duplicates.window);
  for (const PortRange& range : settings.sip.ports) options.sip_ports.add(range.first, range.last);
  options.any_port = settings.sip.detect != SipDetect::ports;
  options.send_rtcp = settings.rtcp.send;
  options.send_unmatched_rtcp = settings.rtcp.unmatched == RtcpUnmatched::send;
  options.send_vq = settings.vq.send;
  if (settings.rtp.statistics) options.rtp = rtp_options(settings.rtp);
  return options;
}

MediaLimits media_limits(const Settings& settings) {
  MediaLimits limits;
  limits.max_calls = settings.rtcp.max_calls;
  limits.max_age = settings.calls.max_age;
  limits.linger = settings.calls.linger;
  return limits;
}

PddMode pdd_mode(PostDialDelay mode) {
  switch (mode) {
    case PostDialDelay::any: return PddMode::any;
    case PostDialDelay::ringing: return PddMode::ringing;
    case PostDialDelay::early_media: return PddMode::early_media;
  }
  std::abort();
}

// The table of options has room for no more carriers and prefixes than the map.
CarrierMap carrier_map(const std::vector<CarrierSettings>& carriers) {
  CarrierMap map;
  for (const CarrierSettings& carrier : carriers) {
    for (const AddressPrefix& prefix : carrier.prefixes) {
      const Bytes octets{prefix.octets};
      const auto address = IpAddress::from(prefix.is_v6 ? octets : octets.first(4));
      if (map.add(carrier.name, address, prefix.bits) != Errc::none) std::abort();
    }
  }
  return map;
}

KpiOptions kpi_options(const Settings& settings) {
  KpiOptions options;
  options.limits.max_calls = settings.kpi.max_calls;
  options.limits.max_age = settings.calls.max_age;
  options.rules.pdd = pdd_mode(settings.kpi.post_dial_delay);
  options.carriers = carrier_map(settings.kpi.carriers);
  return options;
}

// auto: a core is left to the transport.
unsigned threads_of(const InterfaceSettings& interface, std::size_t interfaces) {
  if (interface.threads) return *interface.threads;
  const unsigned cores = std::thread::hardware_concurrency();
  return std::max(1U, (std::max(cores, 2U) - 1) / static_cast<unsigned>(interfaces));
}

// What replay and run have in common.
template <class Options>
void apply_common(const Settings& settings, Options& options) {
  options.identity = {settings.node.id, settings.node.name, settings.node.auth_key};
  options.calls.max_entries = settings.calls.max_entries;
  options.calls.max_age = settings.calls.max_age;
  options.links.clear();
  for (const std::string& name : settings.link) options.links.push_back(make_link_rule(name));
  options.media.reset();
  const bool wants_media = settings.rtcp.send || settings.rtp.statistics || !settings.link.empty();
  if (wants_media) options.media = media_limits(settings);
  options.pipeline = pipeline_options(settings);
  options.plan = make_plan(settings);
  options.collectors.clear();
  for (const bool with_members : {false, true}) {  // those that the plan names come first
    for (const CollectorSettings& collector : settings.collectors) {
      if (has_members(collector) != with_members) continue;
      CollectorOptions& one = options.collectors.emplace_back(collector_options(collector));
      const bool may_spool = collector.spool && !is_file(collector.url.carrier);
      const bool has_spool = may_spool && !settings.spool.directory.empty();
      if (has_spool) one.spool = spool_options(settings.spool, collector.name);
    }
  }
  options.names = name_options(settings);
  add_pools(settings, options.names, options.pools, options.collectors);
}

}  // namespace

void apply(const Settings& settings, ReplayOptions& options) {
  apply_common(settings, options);
  const bool prints_calls = settings.collectors.empty();  // with all there is to know of them
  if (prints_calls) options.pipeline.rtp = rtp_options(settings.rtp);
  options.kpi = kpi_options(settings);
  options.call_reports = settings.calls.report && !settings.collectors.empty();
  options.ring_bytes = settings.replay.ring_bytes;
  options.speed = settings.replay.speed.value_or(0);
  options.time_now = settings.replay.time == ReplayTime::now;
  for (CollectorOptions& one : options.collectors) {
    one.give_up_after = one.close_timeout = settings.replay.wait;
  }
}

void apply(const Settings& settings, RunOptions& options) {
  apply_common(settings, options);
  options.pipeline.any_port = settings.sip.detect == SipDetect::any_port;
  options.kpi.reset();
  options.call_reports = settings.calls.report;
  options.shows_kpis = settings.kpi.enabled;
  const bool plan_asks = options.plan && options.plan->asks_for(FieldNeed::calls);
  if (settings.kpi.enabled || options.call_reports || plan_asks) {
    options.kpi = kpi_options(settings);
  }
  for (CollectorOptions& one : options.collectors) one.producers_wait = false;
  options.writes_files = writes_files(settings);
  options.state_folder = settings.state.directory;
  options.ring_bytes = settings.run.ring_bytes;
  options.stop_wait = settings.run.stop_wait;
  options.security = settings.security;
  options.security.reopen &= !settings.interfaces.empty();  // who has none needs no capability
  options.http = settings.http;
  options.hep.clear();
  for (const HepSettings& one : settings.hep) options.hep.push_back(hep_source_options(one));
  options.log = settings.log;
  options.interfaces.clear();
  for (const InterfaceSettings& one : settings.interfaces) {
    options.interfaces.push_back({.live = {.interface = one.name,
                                           .snaplen = static_cast<int>(one.snaplen),
                                           .ring_bytes = one.ring_bytes,
                                           .promiscuous = one.promiscuous,
                                           .filter = filter_options(settings, options.pipeline),
                                           .expression = one.filter},
                                  .threads = threads_of(one, settings.interfaces.size())});
  }
}

std::string library_fault(const CollectorSettings& collector) {
  if (collector.url.carrier == CollectorCarrier::kafka) {
    return kafka_fault(kafka_options(collector));
  }
  if (collector.url.carrier != CollectorCarrier::tls) return {};
  return fault_of([&] { return make_client_context(collector_options(collector).tls); });
}

std::string library_fault(const HepSettings& source) {
  if (source.listen.carrier != CollectorCarrier::tls) return {};
  return fault_of([&] { return make_server_context(hep_source_options(source).tls); });
}

bool has_file_collectors(const Settings& settings) {
  const auto& all = settings.collectors;
  return std::any_of(all.begin(), all.end(), [](const CollectorSettings& one) {
    return is_file(one.url.carrier) && one.url.path != "-";
  });
}

bool writes_files(const Settings& settings) {
  return !settings.spool.directory.empty() || !settings.state.directory.empty() ||
         has_file_collectors(settings);
}

Endpoint endpoint_of(const CollectorUrl& url) {
  return {carrier_of(url.carrier), without_service(url.host), url.port};
}

NameQuery query_of(const CollectorSettings& collector) {
  NameQuery query{
      .host = without_service(collector.url.host), .port = collector.url.port, .service = {}};
  if (collector.members != CollectorMembers::srv) return query;
  const bool is_udp = collector.url.carrier == CollectorCarrier::udp;
  const bool has_service = collector.url.host.starts_with('_');
  query.service =
      has_service ? collector.url.host : (is_udp ? "_hep._udp." : "_hep._tcp.") + query.host;
  return query;
}

NameOptions name_options(const Settings& settings) {
  NameOptions names;
  for (const CollectorSettings& one : settings.collectors) {
    if (has_members(one)) names.collectors.push_back({one.name, query_of(one)});
  }
  for (const HostPort& one : settings.dns.servers) names.servers.push_back(to_string(one));
  return names;
}

void apply_log_level(const LogSettings& settings) { spdlog::set_level(level_of(settings.level)); }

}  // namespace heptap
