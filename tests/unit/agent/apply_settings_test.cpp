#include "agent/apply_settings.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "config/load.hpp"

using namespace heptap;

namespace {

std::shared_ptr<const Plan> plan_of(std::string_view yaml) {
  std::vector<ConfigProblem> warnings;
  ReplayOptions options;
  apply(parse_settings(yaml, "heptap.yaml", warnings), options);
  return options.plan;
}

PipelineOptions options_of(std::string_view yaml) {
  std::vector<ConfigProblem> warnings;
  ReplayOptions options;
  apply(parse_settings(yaml, "heptap.yaml", warnings), options);
  REQUIRE(warnings.empty());
  return options.pipeline;
}

}  // namespace

TEST_CASE("each option of the pipeline reaches what it is for") {
  struct Row {
    const char* yaml;
    std::function<std::int64_t(const PipelineOptions&)> value;
    std::int64_t want;
  };
  using O = const PipelineOptions&;
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  const auto row = GENERATE_COPY(values<Row>({
      {"reassembly: {fragments_bytes: 2MiB}", [=](O o) { return number(o.fragments.max_bytes); },
       2 << 20},
      {"reassembly: {fragments_bytes: 3MiB}", [=](O o) { return number(o.sctp.max_bytes); },
       3 << 20},
      {"reassembly: {fragments_max: 2000}", [=](O o) { return number(o.fragments.max_datagrams); },
       2000},
      {"reassembly: {fragments_age: 7s}", [](O o) { return o.fragments.max_age_us; }, 7'000'000},
      {"reassembly: {streams_bytes: 20MiB}", [=](O o) { return number(o.streams.max_bytes); },
       20 << 20},
      {"reassembly: {streams_max: 3000}", [=](O o) { return number(o.streams.max_streams); }, 3000},
      {"reassembly: {stream_bytes: 2MiB}", [=](O o) { return number(o.streams.max_stream_bytes); },
       2 << 20},
      {"reassembly: {streams_age: 90s}", [](O o) { return o.streams.max_age_us; }, 90'000'000},
      {"reassembly: {streams_age: 91s}", [](O o) { return o.sctp.max_age_us; }, 91'000'000},
      {"reassembly: {gap_wait: 250ms}", [](O o) { return o.streams.gap_wait_us; }, 250'000},
      {"duplicates: {window: 12ms}", [](O o) { return o.duplicate_window_us; }, 12'000},
      {"duplicates: {window: 0}", [](O o) { return o.duplicate_window_us; }, 0},
      {"sip: {detect: ports}", [=](O o) { return number(o.any_port); }, 0},
      {"sip: {detect: any-port}", [=](O o) { return number(o.any_port); }, 1},
      {"rtcp: {send: true}", [=](O o) { return number(o.send_rtcp); }, 1},
      {"rtcp: {send: true, unmatched: send}", [=](O o) { return number(o.send_unmatched_rtcp); },
       1},
      {"vq: {send: true}", [=](O o) { return number(o.send_vq); }, 1},
  }));
  CAPTURE(row.yaml);
  CHECK(row.value(options_of(row.yaml)) == row.want);
  CHECK((row.value(options_of("")) != row.want || row.want == 1));  // 1: the default
}

TEST_CASE("replay looks for SIP on any port, run on its ports, unless told") {
  struct Row {
    const char* yaml;
    bool in_replay;
    bool in_run;
  };
  const auto row = GENERATE(values<Row>({{"", true, false},
                                         {"sip: {detect: auto}", true, false},
                                         {"sip: {detect: any-port}", true, true},
                                         {"sip: {detect: ports}", false, false}}));
  CAPTURE(row.yaml);
  std::vector<ConfigProblem> warnings;
  RunOptions run;
  apply(parse_settings(row.yaml, "heptap.yaml", warnings), run);
  CHECK(options_of(row.yaml).any_port == row.in_replay);
  CHECK(run.pipeline.any_port == row.in_run);
}

TEST_CASE("what a run needs reaches it") {
  std::vector<ConfigProblem> warnings;
  RunOptions run;
  apply(parse_settings(
            "interfaces: [{name: eth1, snaplen: 2048, ring: 2MiB, promiscuous: false, threads: 3,\n"
            "  filter: tcp or udp}]\n"
            "collectors: [{url: 'udp://192.0.2.1:9060'}]\n"
            "run: {ring: 3MiB, stop_wait: 7s}\n",
            "heptap.yaml", warnings),
        run);
  REQUIRE(run.interfaces.size() == 1);
  CHECK(run.interfaces[0].live.interface == "eth1");
  CHECK(run.interfaces[0].live.snaplen == 2048);
  CHECK(run.interfaces[0].live.ring_bytes == 2 << 20);
  CHECK_FALSE(run.interfaces[0].live.promiscuous);
  CHECK(run.interfaces[0].threads == 3);
  CHECK(run.interfaces[0].live.expression == "tcp or udp");
  CHECK(run.interfaces[0].live.filter.sip_ports.contains(5060));
  CHECK(run.interfaces[0].live.filter.exclusions.size() == 1);
  REQUIRE(run.collectors.size() == 1);
  CHECK_FALSE(run.collectors[0].give_up_after);
  CHECK(run.ring_bytes == 3 << 20);
  CHECK(run.stop_wait == std::chrono::seconds(7));
}

TEST_CASE("the plan reaches run and replay; without one, nobody has to decide") {
  constexpr const char* yaml =
      "collectors: [{name: homer, url: 'udp://192.0.2.1:9060'}]\n"
      "plan: {unmatched: drop, local: 10.0.0.0/8, rules: [{name: a b, when: sip, send: homer, "
      "limit: 5, limit_by: "
      "ip.src}]}";
  std::vector<ConfigProblem> warnings;
  RunOptions run;
  apply(parse_settings(yaml, "heptap.yaml", warnings), run);
  for (const auto& plan : {run.plan, plan_of(yaml)}) {
    REQUIRE(plan);
    CHECK(plan->collectors() == std::vector<std::string>{"homer"});
    CHECK(plan->rules().unmatched == Unmatched::drop);
    REQUIRE(plan->rules().local.size() == 1);
    CHECK(plan->rules().local[0].bits == 8);
    const PlanRule& rule = plan->rules().rules.at(0);
    CHECK(rule.name == "a b");
    CHECK(rule.when);
    CHECK_FALSE(rule.goes_on);
    REQUIRE(rule.limit);
    CHECK(rule.limit->per_second == 5);
    CHECK(rule.limit->by->name() == "ip.src");
  }
  CHECK_FALSE(plan_of(""));
  CHECK(plan_of("plan: {unmatched: drop}"));
}

TEST_CASE("pools reach run and replay, and their times the collectors in them") {
  std::vector<ConfigProblem> warnings;
  const Settings settings = parse_settings(
      "collectors:\n"
      "  - {name: a, url: 'udp://127.0.0.1:1'}\n"
      "  - {name: b, url: 'udp://127.0.0.1:2'}\n"
      "  - {name: c, url: 'udp://127.0.0.1:3'}\n"
      "pools:\n"
      "  - {name: p, policy: hash, collectors: [c, a], fail_after: 2s, return_after: 3s}\n",
      "heptap.yaml", warnings);
  RunOptions run;
  ReplayOptions replay;
  apply(settings, run);
  apply(settings, replay);
  for (const auto& pools : {run.pools, replay.pools}) {
    REQUIRE(pools.size() == 1);
    CHECK(pools[0].name == "p");
    CHECK(pools[0].policy == PoolPolicy::hash);
    CHECK(pools[0].collectors == std::vector<std::string>{"c", "a"});
  }
  const HealthOptions times{.fail_after = std::chrono::seconds{2},
                            .return_after = std::chrono::seconds{3}};
  CHECK(run.collectors[0].health == times);
  CHECK_FALSE(run.collectors[1].health);
  CHECK(run.collectors[2].health == times);
  REQUIRE(run.plan);  // which knows where everything goes
  CHECK(run.plan->collectors() == std::vector<std::string>{"a", "b", "c", "p"});
}

TEST_CASE("a collector with members is a pool, behind the others") {
  std::vector<ConfigProblem> warnings;
  const Settings settings = parse_settings(
      "collectors:\n"
      "  - {name: site, url: 'tls://_x._tcp.site.test:9060', members: srv}\n"
      "  - {name: far, url: 'tcp://far.test:9061', members: addresses}\n"
      "  - {name: plain, url: 'udp://plain.test:9062'}\n"
      "dns: {servers: [192.0.2.53, '::1']}\n"
      "pools: [{name: p, policy: failover, collectors: [far, plain], fail_after: 2s}]\n",
      "heptap.yaml", warnings);
  RunOptions run;
  apply(settings, run);
  REQUIRE(run.collectors.size() == 3);
  CHECK(run.collectors[0].name == "plain");
  CHECK(run.collectors[0].tls.server_name.empty());
  CHECK(run.collectors[1].endpoint == Endpoint{Carrier::tls, "site.test", 9060});
  CHECK(run.collectors[1].tls.server_name == "site.test");
  CHECK(run.collectors[1].health == HealthOptions{});
  CHECK(run.collectors[2].health->fail_after == std::chrono::seconds{2});
  CHECK(run.names.servers == std::vector<std::string>{"192.0.2.53:53", "[::1]:53"});
  REQUIRE(run.names.collectors.size() == 2);
  CHECK(run.names.collectors[0].query.service == "_x._tcp.site.test");
  CHECK(run.names.collectors[1].query == NameQuery{"far.test", 9061, {}});
  REQUIRE(run.pools.size() == 3);
  CHECK(run.pools[0].name == "site");
  CHECK_FALSE(run.pools[0].is_part);
  CHECK(run.pools[1].policy == PoolPolicy::hash);
  CHECK(run.pools[1].is_part);
  CHECK(run.plan->collectors() == std::vector<std::string>{"plain", "site", "far", "p"});
}

TEST_CASE("what a HEP source needs reaches it") {
  Settings settings;
  settings.hep = {{.listen = {CollectorCarrier::udp, "::1", 9060}, .auth_key = "k"},
                  {.listen = {CollectorCarrier::tls, "0.0.0.0", 9061},
                   .node = HepNode::rewrite,
                   .certificate = "c.pem",
                   .key = "k.pem",
                   .ca = "ca.pem"}};
  RunOptions run;
  apply(settings, run);
  REQUIRE(run.hep.size() == 2);
  CHECK(to_string(run.hep[0].listen) == "udp://[::1]:9060");
  CHECK(run.hep[0].auth_key == "k");
  CHECK(run.hep[0].nodes == hep::NodePolicy::keep);
  CHECK(to_string(run.hep[1].listen) == "tls://0.0.0.0:9061");
  CHECK(run.hep[1].nodes == hep::NodePolicy::rewrite);
  CHECK(run.hep[1].tls.certificate_file == "c.pem");
  CHECK(run.hep[1].tls.key_file == "k.pem");
  CHECK(run.hep[1].tls.client_ca_file == "ca.pem");
}

TEST_CASE("a collector has a spool of its own, unless there is no directory or it wants none") {
  const std::string collectors =
      "collectors: [{name: a, url: 'udp://192.0.2.1:9060'},\n"
      "  {name: b, url: 'udp://192.0.2.2:9060'SPOOL}]\n";
  std::string one = collectors;
  std::string both = collectors;
  one.replace(one.find("SPOOL"), 5, ", spool: false");
  both.replace(both.find("SPOOL"), 5, "");
  constexpr const char* spool =
      "spool: {directory: /tmp/s, size: 8MiB, age: 2h, sync: 5s, rate: 7}\n";
  std::vector<ConfigProblem> warnings;
  ReplayOptions replay;
  RunOptions run;
  apply(parse_settings(both, "heptap.yaml", warnings), run);
  CHECK_FALSE(run.writes_files);
  CHECK_FALSE(run.collectors[0].spool);
  apply(parse_settings(one + spool, "heptap.yaml", warnings), run);
  apply(parse_settings(one + spool, "heptap.yaml", warnings), replay);
  CHECK(run.writes_files);
  CHECK(run.state_folder.empty());
  apply(parse_settings("state: {directory: /tmp/t}\n", "heptap.yaml", warnings), run);
  CHECK(run.state_folder == "/tmp/t");
  CHECK(run.writes_files);
  apply(parse_settings(one + spool, "heptap.yaml", warnings), run);
  for (const auto& made : {run.collectors, replay.collectors}) {
    REQUIRE(made[0].spool);
    CHECK(made[0].spool->folder == "/tmp/s/a");
    CHECK(made[0].spool->limits.max_bytes == 8 << 20);
    CHECK(made[0].spool->limits.max_age == std::chrono::hours(2));
    CHECK(made[0].spool->sync_every == std::chrono::seconds(5));
    CHECK(made[0].spool->frames_per_second == 7);
    CHECK_FALSE(made[1].spool);
  }
  CHECK_FALSE(run.collectors[0].producers_wait);
  CHECK(replay.collectors[0].producers_wait);
}

TEST_CASE("calls of media are known for reports of RTCP, for streams of RTP, or not at all") {
  struct Row {
    std::string yaml;
    bool media, rtcp, rtp;
  };
  const auto row =
      GENERATE(values<Row>({{"", true, true, false},
                            {"rtcp: {send: false}", false, false, false},
                            {"rtcp: {send: false}\nrtp: {statistics: true}", true, false, true},
                            {"rtp: {statistics: true}", true, true, true}}));
  CAPTURE(row.yaml);
  std::vector<ConfigProblem> warnings;
  ReplayOptions replay;
  apply(parse_settings("collectors: [{url: 'udp://192.0.2.1:9060'}]\n" + row.yaml, "heptap.yaml",
                       warnings),
        replay);
  CHECK(replay.media.has_value() == row.media);
  CHECK(replay.pipeline.send_rtcp == row.rtcp);
  CHECK(replay.pipeline.rtp.has_value() == row.rtp);
}

TEST_CASE("what is said of streams of RTP reaches them") {
  const PipelineOptions own = options_of("rtp: {statistics: true}");
  REQUIRE(own.rtp);
  CHECK(own.rtp->interval_us == RtpOptions{}.interval_us);
  CHECK(own.rtp->max_streams == RtpOptions{}.max_streams);
  CHECK_FALSE(own.rtp->shows_digits);
  const PipelineOptions other =
      options_of("rtp: {statistics: true, interval: 30s, max_streams: 2000, dtmf: show}");
  CHECK(other.rtp->interval_us == 30'000'000);
  CHECK(other.rtp->max_streams == 2000);
  CHECK(other.rtp->shows_digits);
}

TEST_CASE("what replay prints of streams of RTP is as they are configured, sent or not") {
  std::vector<ConfigProblem> warnings;
  ReplayOptions replay;
  apply(parse_settings("rtp: {interval: 30s, max_streams: 2000, dtmf: show}", "t.yaml", warnings),
        replay);
  REQUIRE(replay.pipeline.rtp);
  CHECK(replay.pipeline.rtp->interval_us == 30'000'000);
  CHECK(replay.pipeline.rtp->max_streams == 2000);
  CHECK(replay.pipeline.rtp->shows_digits);
}

TEST_CASE("SIP ports are those of all ranges, both ends included") {
  const PipelineOptions options = options_of("sip: {ports: '5060,5070-5072,65535'}");
  const std::vector<std::uint16_t> in{5060, 5070, 5071, 5072, 65'535};
  const std::vector<std::uint16_t> out{0, 5059, 5061, 5069, 5073, 65'534};
  for (const std::uint16_t port : in) CHECK(options.sip_ports.contains(port));
  for (const std::uint16_t port : out) CHECK_FALSE(options.sip_ports.contains(port));
}

TEST_CASE("without a word about them, the limits are those of the parts themselves") {
  const PipelineOptions options = options_of("");
  const PipelineOptions own;
  CHECK(options.fragments.max_bytes == own.fragments.max_bytes);
  CHECK(options.fragments.max_datagrams == own.fragments.max_datagrams);
  CHECK(options.fragments.max_age_us == own.fragments.max_age_us);
  CHECK(options.streams.max_bytes == own.streams.max_bytes);
  CHECK(options.streams.max_streams == own.streams.max_streams);
  CHECK(options.streams.max_stream_bytes == own.streams.max_stream_bytes);
  CHECK(options.streams.max_age_us == own.streams.max_age_us);
  CHECK(options.streams.gap_wait_us == own.streams.gap_wait_us);
  CHECK(options.sctp.max_age_us == own.sctp.max_age_us);
  CHECK(options.duplicate_window_us == own.duplicate_window_us);
  CHECK(options.any_port == own.any_port);
  CHECK(options.sip_ports.contains(5060));
  CHECK(options.sip_ports.contains(5091));
}

TEST_CASE("KPIs are counted by replay in any case, by run when told, with carriers and rules") {
  std::vector<ConfigProblem> warnings;
  const auto settings_of = [&](const std::string& enabled) {
    return parse_settings("kpi: {enabled: " + enabled +
                              ", max_calls: 2048, post_dial_delay: ringing,"
                              " carriers: [{name: a, prefixes: [10.0.0.0/8, '2001:db8::/32']}]}",
                          "t.yaml", warnings);
  };
  RunOptions run;
  apply(settings_of("true"), run);
  REQUIRE(run.kpi);
  CHECK(run.kpi->limits.max_calls == 2048);
  CHECK(run.kpi->rules.pdd == PddMode::ringing);
  const std::uint8_t four[] = {10, 1, 2, 3};
  const std::uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, 1};
  const std::uint8_t other[16] = {10, 1, 2, 3};
  CHECK(run.kpi->carriers.find(IpAddress::from(four)) == 1);
  CHECK(run.kpi->carriers.find(IpAddress::from(six)) == 1);
  CHECK(run.kpi->carriers.find(IpAddress::from(other)) == CarrierMap::default_carrier);
  apply(settings_of("false"), run);
  CHECK_FALSE(run.kpi);
  ReplayOptions replay;
  apply(settings_of("false"), replay);
  CHECK(replay.kpi.limits.max_calls == 2048);
}

TEST_CASE("as many carriers and prefixes as the configuration takes have room") {
  Settings settings;
  const auto most_carriers = find_option("kpi.carriers")->range.most;
  const auto most_prefixes = find_option("kpi.carriers[].prefixes")->range.most;
  for (std::uint64_t i = 0; i < most_carriers; ++i) {
    CarrierSettings& carrier = settings.kpi.carriers.emplace_back();
    carrier.name = "c" + std::to_string(i);
    for (std::uint64_t j = 0; j < most_prefixes; ++j) {
      carrier.prefixes.push_back(
          {.octets = {10, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j)}, .bits = 24});
    }
  }
  ReplayOptions replay;
  apply(settings, replay);
  CHECK(replay.kpi.carriers.names().size() == most_carriers + 1);
}

TEST_CASE("threads that are left to us are at least one an interface") {
  std::vector<ConfigProblem> warnings;
  std::string text = "collectors: [{url: 'udp://192.0.2.1:9060'}]\ninterfaces:\n";
  for (int i = 0; i < 16; ++i) text += "  - {name: eth" + std::to_string(i) + ", threads: auto}\n";
  RunOptions run;
  apply(parse_settings(text, "heptap.yaml", warnings), run);
  REQUIRE(run.interfaces.size() == 16);
  for (const InterfaceOptions& one : run.interfaces) CHECK(one.threads >= 1);
}

TEST_CASE("media are known when RTCP is sent or calls are linked") {
  struct Row {
    const char* yaml;
    bool has_media;
    std::size_t links;
  };
  const auto row =
      GENERATE(values<Row>({{"", true, 0},
                            {"rtcp: {send: false}", false, 0},
                            {"rtcp: {send: false}\nvq: {send: true}", false, 0},
                            {"rtcp: {send: false}\nlink: X-CID", true, 1},
                            {"link: [X-CID, P-Charging-Vector:icid-value]", true, 2}}));
  CAPTURE(row.yaml);
  std::vector<ConfigProblem> warnings;
  ReplayOptions options;
  apply(parse_settings(row.yaml, "heptap.yaml", warnings), options);
  CHECK(options.media.has_value() == row.has_media);
  CHECK(options.links.size() == row.links);
}

TEST_CASE("reports of calls, and plans, may need calls followed, and show no KPIs") {
  struct Row {
    std::string yaml;
    bool counts, shows;
  };
  const auto row =
      GENERATE(values<Row>({{"", false, false},
                            {"calls: {report: true}", true, false},
                            {"plan: {rules: [{when: heptap.call_state, drop: true}]}", true, false},
                            {"plan: {rules: [{when: heptap.call_id, drop: true}]}", false, false},
                            {"kpi: {enabled: true}", true, true}}));
  CAPTURE(row.yaml);
  std::vector<ConfigProblem> warnings;
  RunOptions run;
  apply(parse_settings(row.yaml, "t.yaml", warnings), run);
  CHECK(run.kpi.has_value() == row.counts);
  CHECK(run.shows_kpis == row.shows);
}
