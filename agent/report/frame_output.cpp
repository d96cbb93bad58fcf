#include "agent/report/frame_output.hpp"

#include <ostream>
#include <stdexcept>

#include "agent/calls/call_table.hpp"
#include "agent/report/call_report.hpp"
#include "agent/report/frame_json.hpp"
#include "agent/report/frame_line.hpp"
#include "agent/report/pcap_writer.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/sip/message.hpp"

namespace heptap {
namespace {

void flush_or_throw(std::ostream& out) {
  if (!out.flush()) throw std::runtime_error("standard output cannot be written");
}

class LineOutput : public FrameOutput {
 public:
  using Line = std::string (*)(const hep::HepView&);

  LineOutput(std::ostream& out, Line line) : out_(out), line_(line) {}

  bool write(const hep::HepView& frame) override {
    out_ << line_(frame) << '\n';
    return true;
  }
  void flush() override { flush_or_throw(out_); }
  void finish() override { flush(); }

 private:
  std::ostream& out_;
  Line line_;
};

class CallsOutput : public FrameOutput {
 public:
  explicit CallsOutput(std::ostream& out)
      : out_(out),
        report_(out, CallReport::Form::text),
        calls_({.keep_details = true}, [this](const Call& call, const CallDetails& details) {
          report_.add({call, details});
        }) {}

  bool write(const hep::HepView& frame) override {
    const bool is_sip = frame.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
    if (!is_sip || parse_sip(frame.payload, sip_) != Errc::none) return false;
    Packet packet;
    packet.source = frame.source;
    packet.source_port = frame.source_port;
    packet.destination = frame.destination;
    packet.destination_port = frame.destination_port;
    calls_.update(calls_.expect(sip_), sip_, packet, frame.time_us(),
                  static_cast<std::uint32_t>(digest_(frame.payload)));
    return true;
  }
  void flush() override {}
  void finish() override {
    calls_.finish();
    report_.finish(calls_.counts());
    flush_or_throw(out_);
  }

 private:
  std::ostream& out_;
  CallReport report_;
  CallTable calls_;
  BytesHash digest_{0};  // of frames that collectors of ours have sent
  SipView sip_;
};

class PcapOutput : public FrameOutput {
 public:
  explicit PcapOutput(const std::string& path) : writer_(path) {}

  bool write(const hep::HepView& frame) override { return writer_.write(frame); }
  void flush() override { writer_.flush(); }
  void finish() override { writer_.flush(); }

 private:
  PcapWriter writer_;
};

}  // namespace

std::unique_ptr<FrameOutput> make_frame_output(const std::string& form, std::ostream& out) {
  constexpr std::string_view pcap = "pcap:";
  if (form == "console") return std::make_unique<LineOutput>(out, console_line);
  if (form == "json") return std::make_unique<LineOutput>(out, json_line);
  if (form == "calls") return std::make_unique<CallsOutput>(out);
  if (form.starts_with(pcap) && form.size() > pcap.size()) {
    return std::make_unique<PcapOutput>(form.substr(pcap.size()));
  }
  return nullptr;
}

}  // namespace heptap
