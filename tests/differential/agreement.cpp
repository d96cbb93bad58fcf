#include "tests/differential/agreement.hpp"

#include "proto/sip/chars.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/media_type.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/via.hpp"

namespace heptap::test {

namespace {

Result<ViaView> first_via(const SipView& view) {
  std::string_view rest = view.first(HeaderId::via);
  std::string_view item;
  if (!next_list_item(rest, item)) return Errc::malformed;
  return parse_via(item);
}

class Comparison {
 public:
  Comparison(const SipView& view, const OsipMessage& osip) : view_(view), osip_(osip) {}

  std::vector<Difference> run() {
    compare("method", view_.method(), osip_.method());
    compare("status", std::to_string(view_.status_code()), std::to_string(osip_.status_code()));
    call_id();
    cseq();
    compare("from tag", tag(HeaderId::from), osip_.from().tag);
    compare("to tag", tag(HeaderId::to), osip_.to().tag);
    compare("branch", branch(), osip_.via(0).branch);
    bodies();
    media();
    return std::move(found_);
  }

 private:
  void compare(const char* field, std::string_view index, std::string_view osip) {
    if (index != osip) found_.push_back({field, std::string(index), std::string(osip)});
  }

  void call_id() {
    std::string joined(osip_.call_id_number());
    if (!osip_.call_id_host().empty()) joined += "@" + std::string(osip_.call_id_host());
    compare("call-id", view_.call_id(), joined);
  }

  void cseq() {
    const auto parsed = parse_cseq(view_.first(HeaderId::cseq));
    compare("cseq method", parsed ? parsed->method : "", osip_.cseq_method());
    std::string_view number = osip_.cseq_number();
    while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
    compare("cseq number", parsed ? std::to_string(parsed->number) : "", number);
  }

  [[nodiscard]] std::string_view tag(HeaderId id) const {
    const auto address = parse_name_addr(view_.first(id));
    return address ? address->tag() : std::string_view{};
  }

  [[nodiscard]] std::string_view branch() const {
    const auto via = first_via(view_);
    return via ? via->branch() : std::string_view{};
  }

  void bodies() {
    const auto type = parse_media_type(view_.first(HeaderId::content_type));
    if (!type) return;  // libosip2 keeps no body without a type
    if (sip_chars::equal_ignoring_case(type->type, "multipart")) return;  // not given to libosip2
    compare("body", view_.body(), osip_.body(0));
  }

  void media() {
    if (!osip_.has_sdp()) return;
    SdpView sdp;
    std::string index;
    if (parse_sdp(find_sdp(view_), sdp) == Errc::none) {
      for (const auto& media : sdp.media()) {
        index += std::string(media.type) + " " + std::string(sdp.address(media).text) + ":" +
                 std::to_string(media.port) + "\n";
      }
    }
    std::string osip;
    for (std::size_t i = 0; i < osip_.media_count(); ++i) {
      const OsipMediaView media = osip_.media(i);
      osip += std::string(media.type) + " " + std::string(media.address) + ":" +
              std::string(media.port) + "\n";
    }
    compare("media", index, osip);
  }

  const SipView& view_;
  const OsipMessage& osip_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const SipView& view, const OsipMessage& osip) {
  return Comparison(view, osip).run();
}

bool is_plain(const SipView& view) {
  const std::string_view head = view.head();
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool line_end = head.substr(i).starts_with("\r\n");
    const bool text = head[i] >= ' ' && head[i] <= '~' && head[i] != '"' && head[i] != '\\';
    if (!line_end && !text) return false;
    if (line_end) ++i;
  }
  for (unsigned bit = 0; bit < 16; ++bit) {
    if (view.has(static_cast<SipFlag>(1U << bit))) return false;
  }
  for (const HeaderId id : {HeaderId::call_id, HeaderId::cseq, HeaderId::from, HeaderId::to}) {
    if (view.first(id).empty() || view.repeats(id)) return false;
  }
  return parse_cseq(view.first(HeaderId::cseq)).ok() &&
         parse_name_addr(view.first(HeaderId::from)).ok() &&
         parse_name_addr(view.first(HeaderId::to)).ok() && first_via(view).ok();
}

}  // namespace heptap::test
