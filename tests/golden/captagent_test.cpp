// What plans in captagent's language decide about the messages of golden captures, held against files that
// were read by hand: captagent/PLAN.txt beside PLAN.cfg. Where they differ, what was decided is written to
// PLAN.txt in the folder that the test runs in.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/plan/captagent_plan.hpp"

namespace heptap {
namespace {

namespace fs = std::filesystem;

const fs::path golden = fs::path(HEPTAP_SOURCE_DIR) / "tests/golden";

const std::vector<std::string> collectors{"homer01", "homer02", "homer03", "hepsocket",
                                          "jsonsocket"};

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<const Plan> plan_of(const fs::path& path) {
  return std::make_shared<const Plan>(read_captagent_plan(content_of(path), collectors).rules,
                                      collectors);
}

// What every message is told to, before it is sent anywhere.
std::shared_ptr<const Plan> telling_all() {
  PlanRule rule;
  rule.name = "all";
  rule.logs = true;
  return std::make_shared<const Plan>(PlanRules{{rule}, Unmatched::drop},
                                      std::vector<std::string>{});
}

std::string first_line(const PlanSubject& message) {
  if (message.sip == nullptr) return std::string{to_string(message.kind)};
  return std::string{message.sip->start_line()};
}

std::string describe(const PlanSubject& message) {
  const Packet& packet = *message.packet;
  return to_string(packet.source, packet.source_port) + " > " +
         to_string(packet.destination, packet.destination_port) + ", " +
         std::to_string(packet.payload.size()) + " bytes" +
         (message.call_id.empty() ? ", of no call" : "");
}

std::string describe(const Plan& plan, const Verdict& verdict) {
  const bool is_by_rule = verdict.rule != Verdict::no_rule;
  if (verdict.fate != PlanFate::sent) {
    return std::string{to_string(verdict.fate)} +
           (is_by_rule ? " by " + plan.rules().rules[verdict.rule].name : "");
  }
  std::string out = "to";
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    if ((verdict.collectors() >> i & 1U) != 0) out += " " + collectors[i];
  }
  return out;
}

// Of each message a line, and below it what was logged and decided.
class Decisions {
 public:
  explicit Decisions(const fs::path& plan) : runner_(plan_of(plan)) {
    runner_.set_log([this](const PlanRule& rule, const PlanSubject&, std::string_view) {
      out_ << "    log " << rule.name << ": " << rule.log_text << "\n";
    });
  }

  void play(const fs::path& capture) {
    out_ << "# " << capture.filename().string() << "\n";
    PipelineOptions options;
    options.sip_ports.add(5060, 5091);
    options.send_unmatched_rtcp = true;
    CallTable calls({.max_entries = 1000});
    MediaCalls media({.max_calls = 1000});
    FrameRing ring(FrameRing::min_bytes);
    Outlet outlet({}, ring, WhenFull::drop);
    outlet.set_plan({telling_all(), {}}, [this](const PlanRule&, const PlanSubject& message,
                                                std::string_view) { decide(message); });
    Pipeline pipeline(options, calls, &outlet, {.media = &media});
    CaptureFile file = CaptureFile::open(capture);
    RawFrame frame;
    while (file.next(frame) == ReadState::frame) pipeline.handle(frame);
    pipeline.finish();
  }

  [[nodiscard]] std::string text() const { return out_.str(); }

 private:
  void decide(const PlanSubject& message) {
    out_ << first_line(message) << " | " << describe(message) << "\n";
    const Verdict verdict = runner_.decide(message);
    out_ << "    " << describe(runner_.plan(), verdict) << "\n";
  }

  PlanRunner runner_;
  std::ostringstream out_;
};

std::string decisions_of(const fs::path& plan) {
  Decisions decisions(plan);
  for (const char* const name : {"demo", "media", "tcp-six", "noise"}) {
    decisions.play(golden / (std::string{name} + ".pcap"));
  }
  return decisions.text();
}

std::vector<fs::path> plans_in(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".cfg") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("plans decide about golden captures as was found right") {
  const std::vector<fs::path> plans = plans_in(golden / "captagent");
  CHECK(plans.size() == 6);
  for (const fs::path& plan : plans) {
    CAPTURE(plan);
    const std::string decided = decisions_of(plan);
    fs::path want = plan;
    want.replace_extension(".txt");
    CHECK(!decided.empty());
    const bool is_as_before = decided == content_of(want);
    CHECK(is_as_before);
    if (!is_as_before) std::ofstream(want.filename(), std::ios::binary) << decided;
  }
}

// The files of captagent itself are not ours to have; HEPTAP_CAPTAGENT_PLANS is a folder with them.
TEST_CASE("captagent's own plans load, and send what they are for") {
  const char* const folder = std::getenv("HEPTAP_CAPTAGENT_PLANS");
  if (folder == nullptr) {
    WARN("skipped: HEPTAP_CAPTAGENT_PLANS is not set");
    return;
  }
  const std::vector<fs::path> plans = plans_in(folder);
  REQUIRE(!plans.empty());
  for (const fs::path& plan : plans) {
    CAPTURE(plan);
    Decisions decisions(plan);
    decisions.play(golden / "media.pcap");
    const std::string name = plan.filename().string();
    const std::string text = decisions.text();
    const bool sends = text.find("    to hepsocket\n") != std::string::npos;
    const bool is_for_ours = name.find("diameter") == std::string::npos &&
                             name.find("isup") == std::string::npos &&
                             name.find("rtcpxr") == std::string::npos;
    CHECK(sends == is_for_ours);
  }
  WARN(plans.size() << " plans of captagent");
}

}  // namespace heptap
