#include "agent/apply_settings.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

#include "agent/collector_settings.hpp"
#include "agent/filter_settings.hpp"
#include "agent/plan_settings.hpp"
#include "transport/kafka/kafka_conf.hpp"
#include "transport/tls.hpp"

namespace heptap {
namespace {

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
  options.names = name_options(settings);
  CollectorLayout layout = collector_layout(settings);
  options.collectors = std::move(layout.collectors);
  options.pools = std::move(layout.pools);
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
    return kafka_fault(*collector_options(collector).kafka);
  }
  if (collector.url.carrier != CollectorCarrier::tls) return {};
  return fault_of([&] { return make_client_context(collector_options(collector).tls); });
}

std::string library_fault(const HepSettings& source) {
  if (source.listen.carrier != CollectorCarrier::tls) return {};
  return fault_of([&] { return make_server_context(hep_source_options(source).tls); });
}

bool writes_files(const Settings& settings) {
  return !settings.spool.directory.empty() || !settings.state.directory.empty() ||
         has_file_collectors(settings);
}

void apply_log_level(const LogSettings& settings) { spdlog::set_level(level_of(settings.level)); }

}  // namespace heptap
