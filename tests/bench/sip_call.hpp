#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace heptap::bench {

/// The messages of a simple call, in order.
enum class Step : std::uint8_t { invite, trying, ringing, answer, ack, bye, bye_answer, count_ };

inline constexpr std::size_t messages_per_call = static_cast<std::size_t>(Step::count_);
inline constexpr std::size_t min_message_bytes = 450;
inline constexpr std::size_t max_message_bytes = 1100;

/// gives     true for what the caller's side sends
[[nodiscard]] constexpr bool from_caller(Step step) noexcept {
  return step == Step::invite || step == Step::ack || step == Step::bye;
}

/// A call between two proxies, of which everything follows from a seed and its number: names,
/// addresses, tags, and the texts of its seven messages. Addresses are those of RFC 2544's
/// benchmark network, 198.18.0.0/15.
class SipCall {
 public:
  SipCall(std::uint64_t seed, std::uint64_t number) noexcept;

  /// Appends the whole message, SDP included; min_message_bytes to max_message_bytes.
  void append_message(Step step, std::string& out) const;

  [[nodiscard]] std::uint32_t caller_address() const noexcept { return caller_address_; }
  [[nodiscard]] std::uint32_t callee_address() const noexcept { return callee_address_; }

 private:
  void append_request_line(Step step, std::string& out) const;
  void append_vias(Step step, std::string& out) const;
  void append_dialog(Step step, std::string& out) const;
  void append_contact(Step step, std::string& out) const;
  void append_capabilities(Step step, std::string& out) const;
  void append_body(Step step, std::string& out) const;

  std::uint64_t id_;       // makes the Call-ID, different for each number
  std::uint64_t variety_;  // everything else is cut out of it
  std::uint32_t caller_address_;
  std::uint32_t callee_address_;
};

}  // namespace heptap::bench
