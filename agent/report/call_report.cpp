#include "agent/report/call_report.hpp"

#include <boost/json.hpp>
#include <iomanip>
#include <ostream>

#include "agent/report/call_json.hpp"
#include "agent/report/call_text.hpp"
#include "agent/report/kpi_json.hpp"
#include "agent/report/kpi_report.hpp"
#include "agent/report/text.hpp"

namespace heptap {
namespace {

namespace json = boost::json;

constexpr std::size_t party_width = 26;
constexpr std::size_t methods_width = 28;

std::string methods_text(const Call& call) {
  std::string out;
  for (std::size_t i = 0; i < call.method_count; ++i) {
    if (i != 0) out += ' ';
    out += to_string(call.methods[i]);
  }
  return out;
}

// setw counts bytes, a terminal counts characters.
std::string padded(std::string_view text, std::size_t width) {
  std::string out = fitted(text, width);
  std::size_t characters = 0;
  for (const char c : out) characters += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
  out.append(width - characters, ' ');
  return out;
}

}  // namespace

void CallReport::add(const CallFacts& facts) {
  form_ == Form::text ? add_text(facts) : add_json(facts);
  ++count_;
}

void CallReport::add_text(const CallFacts& facts) {
  const Call& call = facts.call;
  const CallDetails& details = facts.details;
  if (count_ == 0) {
    out_ << std::left << std::setw(24) << "START (UTC)" << std::setw(10) << "TALK" << std::setw(6)
         << "MSGS" << std::setw(7) << "STATUS" << padded("FROM", party_width) << ' '
         << padded("TO", party_width) << ' ' << padded("METHODS", methods_width) << " CALL-ID\n";
  }
  const std::int64_t talk_us = talk_time_us(call);
  const std::string status = call.final_status == 0 ? "-" : std::to_string(call.final_status);
  out_ << std::left << std::setw(23) << utc_time(call.first_us).substr(0, 23) << ' ' << std::setw(9)
       << (talk_us < 0 ? "-" : talk_time_text(talk_us)) << ' ' << std::setw(5) << call.message_count
       << ' ' << std::setw(6) << status << ' ' << padded(details.from, party_width) << ' '
       << padded(details.to, party_width) << ' ' << padded(methods_text(call), methods_width) << ' '
       << one_line(details.call_id) << '\n'
       << call_details_text(facts);
}

void CallReport::add_json(const CallFacts& facts) {
  room_.resize(max_call_json_bytes);
  hep::JsonText json(room_);
  append_call(json, facts);
  out_ << (count_ == 0 ? "{\"calls\":[\n" : ",\n") << as_text(Bytes(room_).first(json.size()));
}

void CallReport::finish(const CallCounts& counts, const KpiFigures* kpis) {
  if (form_ == Form::json) {
    const json::object row{{"calls", counts.opened},
                           {"without_call_id", counts.no_call_id},
                           {"expired", counts.expired},
                           {"evicted", counts.evicted}};
    out_ << (count_ == 0 ? "{\"calls\":[" : "\n") << "],\"counts\":" << json::serialize(row);
    if (kpis != nullptr) out_ << ",\"kpi\":" << kpi_json(*kpis);
    out_ << "}\n";
    return;
  }
  out_ << grouped(counts.opened) << (counts.opened == 1 ? " call" : " calls");
  if (counts.no_call_id != 0)
    out_ << ", " << grouped(counts.no_call_id) << " messages without Call-ID";
  if (counts.evicted != 0)
    out_ << ", " << grouped(counts.evicted) << " told early because the table was full";
  out_ << '\n';
  if (kpis != nullptr) print_kpis(out_, *kpis);
}

}  // namespace heptap
