#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "proto/sip/framing.hpp"

namespace heptap::test {

/// Takes messages off a growing text as the agent does: one after the other while it is in step,
/// else the next one is looked for. Asks only when what was waited for is there.
class SipStreamReader {
 public:
  explicit SipStreamReader(bool in_step = true) : in_step_(in_step) {}

  void add(std::string_view bytes) {
    const std::size_t old_bytes = held_.size();
    held_ += bytes;
    if (has_what_it_needs(old_bytes)) read(false);
  }

  /// Nothing more comes.
  void finish() { read(true); }

  [[nodiscard]] std::size_t bytes(SipPart part) const {
    return bytes_[static_cast<std::size_t>(part)];
  }
  /// By part.
  [[nodiscard]] const std::array<std::size_t, 6>& bytes() const { return bytes_; }
  [[nodiscard]] std::string_view held() const { return held_; }

  std::vector<std::string> messages;
  std::size_t without_length = 0;  ///< of the messages
  std::size_t asked = 0;           ///< how often a part was asked for

 private:
  [[nodiscard]] bool has_what_it_needs(std::size_t old_bytes) const {
    if (held_.size() < need_.bytes) return false;
    if (!need_.blank_line || held_.size() >= need_.without_line) return true;
    for (std::size_t end = old_bytes + 1; end <= held_.size(); ++end) {
      const auto up_to = std::string_view(held_).substr(0, end);
      if (up_to.ends_with("\n\n") || up_to.ends_with("\n\r\n")) return true;
    }
    return false;
  }

  void read(bool is_last) {
    while (!held_.empty()) {
      const Bytes in = as_bytes(held_);
      ++asked;
      const SipFrame frame =
          in_step_ ? frame_sip(in, is_last, view_) : find_sip(in, is_last, view_);
      need_ = frame.need;
      if (frame.part == SipPart::need_more) return;
      if (frame.part == SipPart::message) {
        messages.emplace_back(view_.text());
        without_length += frame.has_length ? 0 : 1;
      }
      if (in_step_) {
        in_step_ = frame.part != SipPart::junk && frame.part != SipPart::over_limit;
      } else {
        in_step_ = frame.size_bytes == 0;
      }
      bytes_[static_cast<std::size_t>(frame.part)] += frame.size_bytes;
      held_.erase(0, frame.size_bytes);
    }
    need_ = {};
  }

  bool in_step_;
  std::string held_;
  StreamNeed need_;
  SipView view_;
  std::array<std::size_t, 6> bytes_{};
};

}  // namespace heptap::test
