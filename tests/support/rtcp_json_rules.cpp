#include "tests/support/rtcp_json_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <set>

#include "proto/hep/text.hpp"

namespace heptap::test {
namespace {

namespace json = boost::json;
using Faults = std::vector<std::string>;

constexpr std::int64_t u8_max = 255;
constexpr std::int64_t u16_max = 65535;
constexpr std::int64_t u32_max = 4'294'967'295;

// Boost's values keep one of two members with the same key, and say nothing.
struct KeyCollector {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  std::vector<std::set<std::string>> open;
  std::string key;
  bool has_duplicate = false;

  bool on_object_begin(json::error_code& /*error*/) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t /*size*/, json::error_code& /*error*/) {
    open.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t /*size*/, json::error_code& /*error*/) {
    key += part;
    return true;
  }
  bool on_key(json::string_view part, std::size_t /*size*/, json::error_code& /*error*/) {
    key += part;
    has_duplicate = !open.back().insert(key).second || has_duplicate;
    key.clear();
    return true;
  }
  bool on_document_begin(json::error_code& /*error*/) { return true; }
  bool on_document_end(json::error_code& /*error*/) { return true; }
  bool on_array_begin(json::error_code& /*error*/) { return true; }
  bool on_array_end(std::size_t /*size*/, json::error_code& /*error*/) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

bool has_duplicate_keys(std::string_view text) {
  json::basic_parser<KeyCollector> parser{json::parse_options{}};
  json::error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  return parser.handler().has_duplicate;
}

enum class Need : std::uint8_t { always, maybe };

/// A whole number within bounds.
struct Member {
  std::string_view key;
  std::int64_t low;
  std::int64_t high;
  Need need = Need::always;
};

bool is_number_in(const json::value& value, std::int64_t low, std::int64_t high) {
  json::error_code error;
  if (value.is_double()) return false;
  const auto number = value.to_number<std::int64_t>(error);
  return !error && number >= low && number <= high;
}

/// Judges one object: members of these names and kinds, and no others.
class Judge {
 public:
  Judge(const json::object& object, std::string where, Faults& faults)
      : object_(object), where_(std::move(where)), faults_(faults) {}

  template <std::size_t n>
  void numbers(const std::array<Member, n>& members) {
    for (const Member& member : members) number(member);
  }

  void number(const Member& member) {
    const json::value* const value = take(member.key, member.need);
    if (value != nullptr && !is_number_in(*value, member.low, member.high)) {
      fault(member.key, "is no whole number within its bounds");
    }
  }

  void mos(std::string_view key) {
    const json::value* const value = take(key, Need::maybe);
    const double mos = value != nullptr && value->is_double() ? value->get_double() : 0;
    if (value != nullptr && (mos < 1 || mos > 5)) fault(key, "is no MOS");
  }

  void text(std::string_view key) {
    const json::value* const value = take(key, Need::always);
    if (value != nullptr && !value->is_string()) fault(key, "is no text");
  }

  const json::object* object(std::string_view key) {
    const json::value* const value = take(key, Need::maybe);
    if (value != nullptr && !value->is_object()) fault(key, "is no object");
    return value == nullptr ? nullptr : value->if_object();
  }

  /// Each element must be an object.
  const json::array* objects(std::string_view key, Need need) {
    const json::value* const value = take(key, need);
    const json::array* const array = value == nullptr ? nullptr : value->if_array();
    if (value == nullptr) return nullptr;
    const auto is_object = [](const json::value& element) { return element.is_object(); };
    if (array != nullptr && std::all_of(array->begin(), array->end(), is_object)) return array;
    fault(key, "is no array of objects");
    return nullptr;
  }

  void fault(std::string_view key, std::string_view what) {
    faults_.push_back(where_ + std::string{key} + " " + std::string{what});
  }

  void no_others() {
    for (const auto& member : object_) {
      if (!known_.contains(std::string{member.key()})) fault(member.key(), "is known to nobody");
    }
  }

 private:
  const json::value* take(std::string_view key, Need need) {
    known_.insert(std::string{key});
    const json::value* const value = object_.if_contains(key);
    if (value == nullptr && need == Need::always) fault(key, "is missing");
    return value;
  }

  const json::object& object_;
  std::string where_;
  Faults& faults_;
  std::set<std::string> known_;
};

constexpr std::array<Member, 6> sender_members{
    {{"ntp_timestamp_sec", 0, u32_max},
     {"ntp_timestamp_usec", 0, u32_max},
     {"ntp_unix_us", 0, u32_max * 1'000'000, Need::maybe},
     {"octets", 0, u32_max},
     {"rtp_timestamp", 0, u32_max},
     {"packets", 0, u32_max}}};

// heplify-server replaces what is above 10'000'000 by 0: an unsigned loss below zero would be one.
constexpr std::array<Member, 8> block_members{{{"source_ssrc", 0, u32_max},
                                               {"reporter_ssrc", 0, u32_max, Need::maybe},
                                               {"highest_seq_no", 0, u32_max},
                                               {"fraction_lost", 0, u8_max},
                                               {"ia_jitter", 0, u32_max},
                                               {"packets_lost", -8'388'608, 8'388'607},
                                               {"lsr", 0, u32_max},
                                               {"dlsr", 0, u32_max}}};

constexpr std::array<Member, 10> flat_members{{{"type", 7, 7},
                                               {"id", 0, u32_max},
                                               {"fraction_lost", 0, u8_max},
                                               {"fraction_discard", 0, u8_max},
                                               {"burst_density", 0, u8_max},
                                               {"gap_density", 0, u8_max},
                                               {"burst_duration", 0, u16_max},
                                               {"gap_duration", 0, u16_max},
                                               {"round_trip_delay", 0, u16_max},
                                               {"end_system_delay", 0, u16_max}}};

constexpr std::array<Member, 19> full_members{{{"ssrc", 0, u32_max},
                                               {"loss_rate", 0, u8_max},
                                               {"discard_rate", 0, u8_max},
                                               {"burst_density", 0, u8_max},
                                               {"gap_density", 0, u8_max},
                                               {"burst_duration", 0, u16_max},
                                               {"gap_duration", 0, u16_max},
                                               {"round_trip_delay", 0, u16_max},
                                               {"end_system_delay", 0, u16_max},
                                               {"signal_level", -128, 126, Need::maybe},
                                               {"noise_level", -128, 126, Need::maybe},
                                               {"rerl", 0, u8_max, Need::maybe},
                                               {"gmin", 0, u8_max},
                                               {"r_factor", 0, 100, Need::maybe},
                                               {"ext_r_factor", 0, 100, Need::maybe},
                                               {"rx_config", 0, u8_max},
                                               {"jb_nominal", 0, u16_max},
                                               {"jb_maximum", 0, u16_max},
                                               {"jb_abs_max", 0, u16_max}}};

template <std::size_t n>
void judge_numbers(const json::object& object, const std::string& where,
                   const std::array<Member, n>& members, Faults& faults) {
  Judge judge(object, where, faults);
  judge.numbers(members);
  judge.no_others();
}

void judge_metrics(const json::object& object, const std::string& where, Faults& faults) {
  Judge judge(object, where, faults);
  judge.numbers(full_members);
  judge.mos("mos_lq");
  judge.mos("mos_cq");
  judge.no_others();
}

void judge_item(const json::object& object, Faults& faults) {
  Judge judge(object, "sdes_information: ", faults);
  judge.number({"sdes_chunk_ssrc", 0, u32_max, Need::maybe});
  judge.number({"type", 1, u8_max});
  judge.text("text");
  judge.no_others();
}

// What does not depend on what else there is.
void judge_head(Judge& judge, const json::object& report, Faults& faults) {
  judge.number({"ssrc", 0, u32_max});
  judge.number({"type", 200, 207});
  judge.number({"report_count", 0, u32_max});
  const json::object* const sender = judge.object("sender_information");
  if (sender != nullptr) judge_numbers(*sender, "sender_information: ", sender_members, faults);
  const json::value* const type = report.if_contains("type");
  const auto is_type = [&](std::int64_t number) { return type != nullptr && *type == number; };
  if (!is_type(200) && !is_type(201) && !is_type(202) && !is_type(207)) {
    judge.fault("type", "is none that HOMER shows");
  }
  if ((sender != nullptr) != is_type(200)) judge.fault("sender_information", "is not of type 200");
}

// HOMER's chart takes element 0 unseen, or element report_count - 1.
void judge_blocks(Judge& judge, const json::object& report, Faults& faults) {
  const json::array* const blocks = judge.objects("report_blocks", Need::always);
  if (blocks == nullptr) return;
  const json::value* const count = report.if_contains("report_count");
  const auto size = static_cast<std::int64_t>(blocks->size());
  if (count == nullptr || !is_number_in(*count, size, size)) {
    judge.fault("report_count", "is not how many report_blocks there are");
  }
  for (const json::value& block : *blocks) {
    judge_numbers(block.get_object(), "report_blocks: ", block_members, faults);
  }
}

void judge_extended(Judge& judge, Faults& faults) {
  const json::object* const flat = judge.object("report_blocks_xr");
  const json::object* const full = judge.object("voip_metrics");
  const json::array* const more = judge.objects("voip_metrics_more", Need::maybe);
  if ((flat != nullptr) != (full != nullptr)) judge.fault("voip_metrics", "is not in both forms");
  if (flat != nullptr) judge_numbers(*flat, "report_blocks_xr: ", flat_members, faults);
  if (full != nullptr) judge_metrics(*full, "voip_metrics: ", faults);
  if (more == nullptr) return;
  for (const json::value& metrics : *more) {
    judge_metrics(metrics.get_object(), "voip_metrics_more: ", faults);
  }
}

void judge_description(Judge& judge, const json::object& report, Faults& faults) {
  const json::array* const items = judge.objects("sdes_information", Need::maybe);
  const Need need = items != nullptr ? Need::always : Need::maybe;
  judge.number({"sdes_ssrc", 0, u32_max, need});
  judge.number({"sdes_report_count", 1, u32_max, need});
  if (items == nullptr) {
    if (report.contains("sdes_ssrc")) judge.fault("sdes_information", "is missing");
    return;
  }
  for (const json::value& item : *items) judge_item(item.get_object(), faults);
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::vector<std::string> rtcp_json_faults(std::string_view text) {
  if (!is_printable(text)) return {"a byte that is no printable ASCII"};
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return {"no JSON object"};
  Faults faults;
  if (has_duplicate_keys(text)) faults.emplace_back("two members of one name");
  const json::object& report = value.get_object();
  Judge judge(report, "", faults);
  judge_head(judge, report, faults);
  judge_blocks(judge, report, faults);
  judge_extended(judge, faults);
  judge_description(judge, report, faults);
  judge.no_others();
  return faults;
}

// kamailio's rtcp_capture and heplify-server drop what has no correlation id or no payload.
std::vector<std::string> rtcp_frame_faults(const hep::HepView& frame) {
  Faults faults = rtcp_json_faults(as_text(frame.payload));
  if (frame.payload_type != 5) faults.emplace_back("the payload type is not 5");
  if (frame.correlation_id.empty()) faults.emplace_back("the correlation id is missing");
  if (hep::clean_prefix_bytes(frame.correlation_id) != frame.correlation_id.size()) {
    faults.emplace_back("the correlation id would hurt a collector");
  }
  if (!frame.compressed_payload.empty())
    faults.emplace_back("a compressed payload is read by none");
  return faults;
}

}  // namespace heptap::test
