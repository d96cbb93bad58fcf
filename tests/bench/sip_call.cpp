#include "tests/bench/sip_call.hpp"

#include <array>
#include <string_view>

namespace heptap::bench {
namespace {

constexpr std::uint32_t caller_network = 0xc6120000;  // 198.18.0.0/16
constexpr std::uint32_t callee_network = 0xc6130000;  // 198.19.0.0/16

// A bijection, so different numbers stay different.
// source    finalizer of Sebastiano Vigna's splitmix64
std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

// Pieces of a message. They append themselves: a million messages are made of them.
struct Hex {
  std::uint64_t value;
  unsigned digits = 16;
};
struct Decimal {
  std::uint64_t value;
};
struct Dotted {
  std::uint32_t address;
};

std::string& operator<<(std::string& out, std::string_view text) { return out.append(text); }

std::string& operator<<(std::string& out, Hex hex) {
  for (unsigned i = hex.digits; i-- > 0;) {
    out += "0123456789abcdef"[hex.value >> (4 * i) & 0xfU];
  }
  return out;
}

std::string& operator<<(std::string& out, Decimal decimal) {
  std::array<char, 20> digits;
  auto begin = digits.size();
  do {
    digits[--begin] = static_cast<char>('0' + decimal.value % 10);
    decimal.value /= 10;
  } while (decimal.value != 0);
  return out.append(digits.data() + begin, digits.size() - begin);
}

std::string& operator<<(std::string& out, Dotted ip) {
  return out << Decimal{ip.address >> 24U} << "." << Decimal{ip.address >> 16U & 0xffU} << "."
             << Decimal{ip.address >> 8U & 0xffU} << "." << Decimal{ip.address & 0xffU};
}

std::string_view pick(std::uint64_t variety, const std::array<std::string_view, 4>& choices) {
  return choices[variety % choices.size()];
}

constexpr std::array<std::string_view, 4> caller_names{"\"Reception\" ", "\"Anna Svensson\" ",
                                                       "\"Warehouse 2, night\" ", ""};
constexpr std::array<std::string_view, 4> caller_agents{
    "Fjord IP phone 71.20 (build 4711)", "Softclient/5.2.1 (Windows 10; x64)",
    "Asterisk PBX 18.16.0", "Gateway-GX8/v.7.24A.356.888"};
constexpr std::array<std::string_view, 4> callee_agents{
    "FreeSWITCH-mod_sofia/1.10.9-release~64bit", "Trunking SBC 9.2 R4 (cluster b)",
    "Kamailio (5.6.3 (x86_64/linux))", "MediaServer 3.1.77-stable"};

// Telephone numbers of eleven digits behind two of a country.
struct Number {
  std::uint64_t variety;
};
std::string& operator<<(std::string& out, Number number) {
  return out << "+49" << Decimal{10'000'000'000 + number.variety % 80'000'000'000};
}

constexpr bool has_body(Step step) noexcept { return step == Step::invite || step == Step::answer; }

constexpr bool is_request(Step step) noexcept { return from_caller(step); }

std::string_view cseq(Step step) noexcept {
  switch (step) {
    case Step::ack: return "102 ACK";
    case Step::bye:
    case Step::bye_answer: return "103 BYE";
    default: return "102 INVITE";
  }
}

}  // namespace

SipCall::SipCall(std::uint64_t seed, std::uint64_t number) noexcept
    : id_(mix(seed ^ number)), variety_(mix(id_)) {
  caller_address_ = caller_network + 1 + (static_cast<std::uint32_t>(variety_ >> 8U) & 0x3ffU);
  callee_address_ = callee_network + 1 + (static_cast<std::uint32_t>(variety_ >> 20U) & 0x3fU);
}

void SipCall::append_message(Step step, std::string& out) const {
  switch (step) {
    case Step::trying: out << "SIP/2.0 100 Trying\r\n"; break;
    case Step::ringing: out << "SIP/2.0 180 Ringing\r\n"; break;
    case Step::answer:
    case Step::bye_answer: out << "SIP/2.0 200 OK\r\n"; break;
    default: append_request_line(step, out);
  }
  append_vias(step, out);
  append_dialog(step, out);
  append_contact(step, out);
  append_capabilities(step, out);
  append_body(step, out);
}

void SipCall::append_request_line(Step step, std::string& out) const {
  out << (step == Step::invite ? "INVITE" : step == Step::ack ? "ACK" : "BYE");
  out << " sip:" << Number{variety_ >> 3U} << "@" << Dotted{callee_address_}
      << ":5060;transport=udp SIP/2.0\r\n";
}

void SipCall::append_vias(Step step, std::string& out) const {
  const auto branch = mix(id_ + (step == Step::ack ? 1 : step >= Step::bye ? 2 : 0));
  const std::uint32_t phone = 0x0a000000 | (static_cast<std::uint32_t>(variety_) & 0xffffffU);
  out << "Via: SIP/2.0/UDP " << Dotted{caller_address_} << ":5060;branch=z9hG4bK" << Hex{branch}
      << ";rport";
  if (!is_request(step)) out << "=5060;received=" << Dotted{caller_address_};
  out << "\r\n";
  out << "Via: SIP/2.0/UDP " << Dotted{phone} << ":5062;received=" << Dotted{phone}
      << ";branch=z9hG4bK-" << Hex{mix(branch)} << ";rport=5062\r\n";
}

void SipCall::append_dialog(Step step, std::string& out) const {
  if (is_request(step)) out << "Max-Forwards: 69\r\n";
  if (step != Step::trying && step < Step::ack) {
    out << "Record-Route: <sip:" << Dotted{caller_address_} << ";lr;ftag=" << Hex{variety_, 8}
        << ">\r\n";
  }
  out << "From: " << pick(variety_, caller_names) << "<sip:" << Number{variety_ >> 5U}
      << "@pbx.example.net;user=phone>;tag=" << Hex{variety_, 8} << "\r\n";
  out << "To: <sip:" << Number{variety_ >> 3U} << "@trunk.example.com;user=phone>";
  if (step >= Step::ringing) out << ";tag=" << Hex{variety_ >> 16U, 12};
  out << "\r\nCall-ID: " << Hex{id_} << Hex{variety_, 8} << "@" << Dotted{caller_address_}
      << "\r\nCSeq: " << cseq(step) << "\r\n";
}

void SipCall::append_contact(Step step, std::string& out) const {
  if (step == Step::trying || step == Step::bye_answer) return;
  const bool caller = from_caller(step);
  out << "Contact: <sip:" << Number{caller ? variety_ >> 5U : variety_ >> 3U} << "@"
      << Dotted{caller ? caller_address_ : callee_address_} << ":5060;transport=udp>\r\n";
}

void SipCall::append_capabilities(Step step, std::string& out) const {
  out << (from_caller(step) ? "User-Agent: " : "Server: ")
      << (from_caller(step) ? pick(variety_ >> 2U, caller_agents)
                            : pick(variety_ >> 4U, callee_agents))
      << "\r\n";
  if (step == Step::trying || step == Step::ack) return;
  if (step != Step::bye && step != Step::bye_answer) {
    out << "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE\r\n";
  }
  out << "Supported: replaces, timer\r\n";
  if (step == Step::invite) {
    out << "Session-Expires: 1800\r\nP-Asserted-Identity: <sip:" << Number{variety_ >> 5U}
        << "@pbx.example.net>\r\n";
  }
  if (step == Step::bye) out << "Reason: Q.850;cause=16;text=\"Normal call clearing\"\r\n";
}

void SipCall::append_body(Step step, std::string& out) const {
  if (!has_body(step)) {
    out << "Content-Length: 0\r\n\r\n";
    return;
  }
  const auto address = Dotted{step == Step::invite ? caller_address_ : callee_address_};
  std::string body;
  body << "v=0\r\no=- " << Decimal{variety_ >> 32U} << " 1 IN IP4 " << address
       << "\r\ns=call\r\nc=IN IP4 " << address << "\r\nt=0 0\r\nm=audio "
       << Decimal{10'000 + 2 * (variety_ >> 40U & 0x3fffU)};
  if (step == Step::invite) {
    body << " RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n";
  } else {
    body << " RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n";
  }
  body << "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n";
  out << "Content-Type: application/sdp\r\nContent-Length: " << Decimal{body.size()} << "\r\n\r\n"
      << body;
}

}  // namespace heptap::bench
