// plan_filters CAPTURE LIST: what conditions and fields make of each SIP message of a capture, for
// e2e/plan_filters_test.py. plan_filters --fields: the fields that SIP has, and their types.
//
// LIST has one condition or, behind "field ", one field a line. A line for each message: time of the
// frame that ended it, its start line and Call-ID, the numbers of the conditions that hold, and for
// each field its values, with 0x1f between them. Bytes that are no printable ASCII, and backslashes,
// are written \xNN.
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "agent/pipeline/call_keepers.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/plan/field_cache.hpp"
#include "agent/plan/program.hpp"
#include "proto/net/address.hpp"

using namespace heptap;

namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

struct Wanted {
  std::vector<Condition> conditions;
  std::vector<FieldRef> fields;
};

Wanted read_list(const char* path) {
  constexpr std::string_view field_mark = "field ";
  Wanted wanted;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(field_mark)) {
      try {
        wanted.conditions.push_back(parse_condition(line));
      } catch (const ConditionError& error) {
        throw std::runtime_error(std::string(error.what()) + "\n" + show(line, error.problem()));
      }
      continue;
    }
    const auto field = find_field(std::string_view(line).substr(field_mark.size()));
    if (!field) throw std::runtime_error("no field: " + line);
    wanted.fields.push_back(*field);
  }
  return wanted;
}

std::string printable_bytes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      out += c;
      continue;
    }
    char escaped[5];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned char>(c));
    out += escaped;
  }
  return out;
}

std::string ether_text(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    char octet[4];
    std::snprintf(octet, sizeof octet, out.empty() ? "%02x" : ":%02x",
                  static_cast<unsigned char>(c));
    out += octet;
  }
  return out;
}

std::string text_of(const Value& value, ValueType type) {
  switch (type) {
    case ValueType::protocol: return "1";
    case ValueType::text: return printable_bytes(value.text());
    case ValueType::ipv4:
    case ValueType::ipv6: return to_string(value.address());
    case ValueType::ether: return ether_text(value.text());
    case ValueType::real: return std::to_string(value.real());
    case ValueType::flag:
    case ValueType::number: break;
  }
  return std::to_string(value.number());
}

class Printer : public MessageSink {
 public:
  Printer(const Wanted& wanted, CallTable& calls, TrackedCalls& tracked)
      : wanted_(wanted),
        calls_(calls),
        tracked_(tracked),
        requests_(wanted.conditions, SubjectKind::sip_request, fields_),
        responses_(wanted.conditions, SubjectKind::sip_response, fields_),
        cache_(fields_.size()) {}

  void begin_frame(const RawFrame& frame) noexcept {
    time_ns_ = frame.time_ns;
    wire_bytes_ = frame.wire_bytes;
  }

  void on_message(const SipView& sip, const Packet& packet, std::int64_t time_us) override {
    PlanSubject subject;
    subject.kind = sip.is_request() ? SubjectKind::sip_request : SubjectKind::sip_response;
    subject.packet = &packet;
    subject.sip = &sip;
    subject.time_us = time_us;
    subject.frame_bytes = wire_bytes_;
    subject.call_hash = calls_.hash(sip.call_id());
    add_standing(subject, tracked_, time_us);
    std::printf("%lld.%09lld\t%s\t%s\t%s", static_cast<long long>(time_ns_ / ns_per_second),
                static_cast<long long>(time_ns_ % ns_per_second),
                printable_bytes(sip.start_line()).c_str(), printable_bytes(sip.call_id()).c_str(),
                matches(subject).c_str());
    for (const FieldRef& field : wanted_.fields)
      std::printf("\t%s", values(subject, field).c_str());
    std::printf("\n");
  }

 private:
  std::string matches(const PlanSubject& subject) {
    const Program& program = subject.sip->is_request() ? requests_ : responses_;
    cache_.begin(subject);
    std::string out;
    for (auto at = program.next_match(fields_, cache_, 0); at != Program::none;
         at = program.next_match(fields_, cache_, at + 1)) {
      out += (out.empty() ? "" : ",") + std::to_string(at);
    }
    return out;
  }

  static std::string values(const PlanSubject& subject, const FieldRef& field) {
    FieldValues values;
    if (field.field->kinds.contains(subject.kind)) {
      field.field->read(subject, field.header, values);
    }
    std::string out;
    bool is_first = true;
    for (const Value& value : values.all()) {
      if (!is_first) out += '\x1f';
      is_first = false;
      out += text_of(value, field.field->type);
    }
    return out;
  }

  const Wanted& wanted_;
  CallTable& calls_;
  TrackedCalls& tracked_;
  std::vector<FieldRef> fields_;
  Program requests_;
  Program responses_;
  FieldCache cache_;
  std::int64_t time_ns_ = 0;
  std::uint32_t wire_bytes_ = 0;
};

void print_fields() {
  for (const Field& field : fields()) {
    const bool is_of_sip = field.kinds.contains(SubjectKind::sip_request) ||
                           field.kinds.contains(SubjectKind::sip_response);
    const std::string_view type = to_string(field.type);
    if (!is_of_sip) continue;
    std::printf("%.*s\t%.*s\n", static_cast<int>(field.name.size()), field.name.data(),
                static_cast<int>(type.size()), type.data());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 2 && std::string_view(argv[1]) == "--fields") {
    print_fields();
    return 0;
  }
  if (argc != 3) return 2;
  const Wanted wanted = read_list(argv[2]);
  PipelineOptions options;
  options.duplicate_window_us = 0;
  options.sip_ports.add(5060, 5091);
  CallTable calls({.max_entries = 100'000});
  TrackedCalls tracked({.limits = {.max_calls = 100'000}});
  Pipeline pipeline(options, calls, nullptr, {.tracked = &tracked});
  Printer printer(wanted, calls, tracked);
  pipeline.set_message_sink(printer);
  CaptureFile capture = CaptureFile::open(argv[1]);
  RawFrame frame;
  while (capture.next(frame) == ReadState::frame) {
    printer.begin_frame(frame);
    pipeline.handle(frame);
  }
  pipeline.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
