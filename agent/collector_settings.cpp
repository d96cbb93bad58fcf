#include "agent/collector_settings.hpp"

#include <algorithm>
#include <cstdlib>

#include "agent/report/file_forms.hpp"
#include "agent/report/output_records.hpp"
#include "config/spool_folder.hpp"

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
std::vector<PoolOptions> member_pools(const Settings& settings,
                                      const std::vector<PoolOptions>& pools) {
  std::vector<PoolOptions> own;
  for (const CollectorSettings& one : settings.collectors) {
    if (!has_members(one)) continue;
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

void add_pools(const Settings& settings, CollectorLayout& layout) {
  for (const PoolSettings& pool : settings.pools) add_pool(pool, layout.pools, layout.collectors);
  std::vector<PoolOptions> own = member_pools(settings, layout.pools);
  for (const PoolOptions& pool : own) {
    for (CollectorOptions& one : layout.collectors) {
      if (one.name == pool.name && !one.health) one.health.emplace();
    }
  }
  layout.pools.insert(layout.pools.begin(), own.begin(), own.end());
}

}  // namespace

// The order of the configuration, but for that.
std::vector<const CollectorSettings*> in_plan_order(const Settings& settings) {
  std::vector<const CollectorSettings*> all;
  for (const CollectorSettings& one : settings.collectors) all.push_back(&one);
  std::stable_partition(all.begin(), all.end(),
                        [](const CollectorSettings* one) { return !has_members(*one); });
  return all;
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

CollectorLayout collector_layout(const Settings& settings) {
  CollectorLayout layout;
  for (const CollectorSettings* const collector : in_plan_order(settings)) {
    CollectorOptions& one = layout.collectors.emplace_back(collector_options(*collector));
    const bool may_spool = collector->spool && !is_file(collector->url.carrier);
    const bool has_spool = may_spool && !settings.spool.directory.empty();
    if (has_spool) one.spool = spool_options(settings.spool, collector->name);
  }
  add_pools(settings, layout);
  return layout;
}

bool has_file_collectors(const Settings& settings) {
  const auto& all = settings.collectors;
  return std::any_of(all.begin(), all.end(), [](const CollectorSettings& one) {
    return is_file(one.url.carrier) && one.url.path != "-";
  });
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

}  // namespace heptap
