#include "agent/plan_switch.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <charconv>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "agent/mailbox.hpp"
#include "proto/hep/decode.hpp"
#include "transport/listener.hpp"

namespace heptap {
namespace {

constexpr std::size_t producer_count = 3;
constexpr std::chrono::milliseconds patience{60'000};

template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// A collector in a thread of its own, which notes what came from which node.
class HepSink final : public ListenerHandler {
 public:
  HepSink()
      : listener_(io_, {.endpoint = {Carrier::tcp, "127.0.0.1", 0}, .tls = {}}, *this, {}),
        thread_([this] { io_.run(); }) {}
  ~HepSink() override {
    stop();
  }  // NOLINT(bugprone-exception-escape): fails the test, as it should

  void stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(io_, [this] {
      listener_.stop();
      io_.stop();
    });
    thread_.join();
  }

  [[nodiscard]] const Endpoint& endpoint() const { return listener_.endpoint(); }
  /// gives     payloads by node name; after stop()
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& payloads() const {
    return payloads_;
  }

 private:
  void on_datagram(const Peer&, std::span<const std::uint8_t>) override {}
  StreamVerdict on_stream(const Peer&, std::span<const std::uint8_t> bytes) override {
    StreamVerdict verdict;
    while (const auto size = hep::frame_hep(Bytes(bytes).subspan(verdict.consumed))) {
      hep::HepView view;
      const Bytes frame = Bytes(bytes).subspan(verdict.consumed, *size);
      if (hep::decode(frame, view) != hep::Fault::none) return {bytes.size(), true};
      payloads_[std::string(view.node_name)].emplace_back(as_text(view.payload));
      verdict.consumed += *size;
    }
    return verdict;
  }
  void on_close(const Peer&, std::span<const std::uint8_t>) override {}

  boost::asio::io_context io_;
  std::map<std::string, std::vector<std::string>> payloads_;
  Listener listener_;
  std::thread thread_;
};

/// A thread that sends one message after the other, and takes new routes in between.
class Producer {
 public:
  Producer(std::size_t index, FrameRing& ring, const PlanRoutes& routes)
      : index_(index), outlet_({.node_id = 1, .node_name = "n", .auth_key = {}}, ring) {
    outlet_.set_plan(routes, {});
  }
  void start() {
    thread_ = std::thread([this] {
      while (!stop_) {
        send();
        outlet_.flush();
        mailbox_.do_work();
      }
    });
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::future<void> set_plan(const PlanRoutes& routes) {
    const auto done = std::make_shared<std::promise<void>>();
    mailbox_.post([this, routes, done] {
      outlet_.set_plan(routes, {});
      done->set_value();
    });
    return done->get_future();
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  /// gives     its stages; after stop()
  [[nodiscard]] std::vector<LedgerStage> stages() const { return outlet_.stages(); }

 private:
  void send() {
    const std::string text = std::to_string(index_) + ':' + std::to_string(sent_);
    outlet_.offer({.source = address_,
                   .destination = address_,
                   .source_port = 5060,
                   .destination_port = 5060,
                   .ip_protocol = ip_protocol_udp,
                   .time_us = 1,
                   .type = hep::PayloadType::log,
                   .payload = as_bytes(text),
                   .keep_bytes = text.size(),
                   .correlation_id = text},
                  PlanReport{.call_id = text, .call_hash = 1 + sent_ % 100});
    ++sent_;
  }

  const std::size_t index_;
  const IpAddress address_ = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{192, 0, 2, 1}));
  Outlet outlet_;
  Mailbox mailbox_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

CollectorOptions collector(const std::string& name, const HepSink& sink) {
  CollectorOptions options;
  options.name = name;
  options.endpoint = sink.endpoint();
  options.flush_delay = std::chrono::milliseconds{1};
  options.backoff_min = std::chrono::milliseconds{1};
  return options;
}

// Sends everything to the one collector there is, and says so in the node name.
std::shared_ptr<const Plan> plan_to(const std::string& name) {
  PlanRule rule;
  rule.name = "to " + name;
  rule.send = {name};
  rule.node_suffix = '-' + name;
  rule.scope = PlanScope::call;  // the table of all threads is used, too
  return std::make_shared<const Plan>(PlanRules{{rule}, Unmatched::drop},
                                      std::vector<std::string>{name});
}

// Unlike the above, without a rule: to every collector that this plan knows.
std::shared_ptr<const Plan> plan_for_every(const std::string& name) {
  PlanRule rule;
  rule.name = "marks";
  rule.node_suffix = '-' + name;
  rule.goes_on = true;
  return std::make_shared<const Plan>(PlanRules{{rule}, Unmatched::send},
                                      std::vector<std::string>{name});
}

/// Three collectors, one of which is there at a time.
struct Scene {
  std::array<HepSink, 3> sinks;
  const std::array<CollectorOptions, 3> collectors{
      collector("all", sinks[0]), collector("even", sinks[1]), collector("odd", sinks[2])};
  Transport transport{{collectors[0]}, FrameRing::min_bytes, {}, producer_count};
  PlanSwitch routing{transport, nullptr, {collectors[0]}, {}, CallLimits{}, patience};
  std::vector<std::unique_ptr<Producer>> producers;

  Scene() {
    for (std::size_t i = 0; i < producer_count; ++i) {
      producers.push_back(std::make_unique<Producer>(i, transport.ring(i), routing.routes()));
    }
    transport.start();
  }

  void change(std::size_t to) {
    const std::array plans{std::shared_ptr<const Plan>{}, plan_to("even"), plan_for_every("odd")};
    routing.change(plans.at(to), {collectors.at(to)}, {}, [&](const PlanRoutes& routes) {
      std::vector<std::future<void>> answers;
      for (const auto& one : producers) answers.push_back(one->set_plan(routes));
      return answers;
    });
  }

  [[nodiscard]] bool all_go_on(std::uint64_t by) const {
    std::array<std::uint64_t, producer_count> before{};
    for (std::size_t i = 0; i < producer_count; ++i) before.at(i) = producers[i]->sent();
    return eventually([&] {
      for (std::size_t i = 0; i < producer_count; ++i) {
        if (producers[i]->sent() < before.at(i) + by) return false;
      }
      return true;
    });
  }

  [[nodiscard]] bool settles() {
    return eventually([&] {
      routing.look();
      return !routing.is_changing();
    });
  }

  // So that those which leave are not too many.
  [[nodiscard]] bool nobody_leaves() {
    return eventually([&] {
      for (const CollectorSnapshot& one : transport.account().departed) {
        if (one.frames.held() != 0) return false;
      }
      return true;
    });
  }

  [[nodiscard]] std::uint64_t end() {
    std::uint64_t sent = 0;
    for (const auto& one : producers) {
      one->stop();
      sent += one->sent();
    }
    for (const CollectorSnapshot& one : transport.drain()) CHECK(one.frames.lost.total() == 0);
    for (HepSink& sink : sinks) sink.stop();
    return sent;
  }
};

// gives     frames that came to `sink`; all of this node, and no message twice
std::size_t must_be_of(const HepSink& sink, const std::string& node, std::set<std::string>& seen) {
  const std::size_t before = seen.size();
  std::size_t count = 0;
  for (const auto& [name, payloads] : sink.payloads()) {
    CHECK(name == node);
    count += payloads.size();
    seen.insert(payloads.begin(), payloads.end());
  }
  CHECK(seen.size() == before + count);
  return count;
}

}  // namespace

TEST_CASE("each message goes where one plan says, whatever changes while it passes") {
  constexpr std::size_t changes = 120;
  Scene scene;
  for (const auto& one : scene.producers) one->start();
  for (std::size_t i = 1; i <= changes; ++i) {
    REQUIRE(scene.all_go_on(5));
    scene.change(i % 3);
    if (i % 4 != 0) REQUIRE(scene.settles());  // else the next one comes before it is done
    REQUIRE(scene.nobody_leaves());
  }
  REQUIRE(scene.settles());
  REQUIRE(scene.all_go_on(5));
  const std::uint64_t sent = scene.end();

  // One without a plan says nothing, but all that ever had one count what passes it.
  std::set<std::string> seen;
  std::size_t arrived = must_be_of(scene.sinks[0], "n", seen);
  arrived += must_be_of(scene.sinks[1], "n-even", seen);
  arrived += must_be_of(scene.sinks[2], "n-odd", seen);
  CHECK(arrived == sent);
  for (const HepSink& sink : scene.sinks) CHECK_FALSE(sink.payloads().empty());
  for (const auto& one : scene.producers) {
    const auto stages = one->stages();
    REQUIRE(stages.size() == 2);
    CHECK(stages[0].entered == one->sent());
    CHECK(stages[0].left == stages[1].entered);
    CHECK(stages[1].left == one->sent());
  }
}

TEST_CASE("a collector stays until the last thread has the new plan") {
  Scene scene;
  scene.producers[0]->start();  // the others do not look into their mailboxes
  scene.change(1);
  REQUIRE(eventually([&] { return scene.producers[0]->sent() > 100; }));
  scene.routing.look();
  CHECK(scene.routing.is_changing());
  CHECK(scene.transport.snapshot().size() == 2);
  scene.change(2);
  CHECK(scene.transport.snapshot().size() == 3);
  scene.producers[1]->start();
  scene.producers[2]->start();
  REQUIRE(scene.settles());
  CHECK(scene.transport.snapshot().size() == 1);
  const std::uint64_t sent = scene.end();
  std::set<std::string> seen;
  std::size_t arrived = must_be_of(scene.sinks[0], "n", seen);
  arrived += must_be_of(scene.sinks[1], "n-even", seen);
  arrived += must_be_of(scene.sinks[2], "n-odd", seen);
  CHECK(arrived == sent);
}

TEST_CASE("pools come and go with the plan, and each message goes to one member") {
  Scene scene;
  for (const auto& one : scene.producers) one->start();
  const std::vector<CollectorOptions> both{scene.collectors[1], scene.collectors[2]};
  const auto plan =
      std::make_shared<const Plan>(PlanRules{}, std::vector<std::string>{"even", "odd", "pair"});
  const auto change_to = [&](const std::vector<PoolOptions>& pools) {
    scene.routing.change(plan, both, pools, [&](const PlanRoutes& routes) {
      std::vector<std::future<void>> answers;
      for (const auto& one : scene.producers) answers.push_back(one->set_plan(routes));
      return answers;
    });
  };
  REQUIRE(scene.all_go_on(5));
  change_to({{"pair", PoolPolicy::hash, {"even", "odd"}}});
  REQUIRE(scene.settles());
  REQUIRE(scene.all_go_on(100));
  change_to({{"pair", PoolPolicy::failover, {"odd", "even"}}});
  REQUIRE(scene.settles());
  REQUIRE(scene.all_go_on(5));
  const std::uint64_t sent = scene.end();
  std::set<std::string> seen;
  std::size_t arrived = 0;
  for (const HepSink& sink : scene.sinks) {
    const std::size_t count = must_be_of(sink, "n", seen);
    CHECK(count > 0);
    arrived += count;
  }
  CHECK(arrived == sent);
}

TEST_CASE("a change that cannot be leaves everything as it was") {
  Scene scene;
  for (const auto& one : scene.producers) one->start();
  std::vector<CollectorOptions> many;
  for (int i = 0; i < 64; ++i) many.push_back(collector("c" + std::to_string(i), scene.sinks[1]));
  const auto tell = [](const PlanRoutes&) -> std::vector<std::future<void>> {
    FAIL("nobody is to be told");
    return {};
  };
  CHECK_THROWS_AS(scene.routing.change(plan_to("c0"), many, {}, tell), std::runtime_error);
  CHECK_THROWS_AS(scene.routing.change(plan_to("c0"), {}, {}, tell), std::runtime_error);
  CHECK_FALSE(scene.routing.is_changing());
  CHECK(scene.routing.routes().plan == nullptr);
  CHECK(scene.transport.snapshot().size() == 1);
  const std::uint64_t sent = scene.end();
  std::set<std::string> seen;
  CHECK(must_be_of(scene.sinks[0], "n", seen) == sent);
}

}  // namespace heptap
