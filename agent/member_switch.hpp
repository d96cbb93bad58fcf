#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "agent/every.hpp"
#include "agent/named_collectors.hpp"
#include "agent/report/daemon_figures.hpp"

namespace heptap {

/// The collectors of a run, as the configuration and the records of names have them now. Used in one
/// thread, which it makes wait in want() alone.
class MemberSwitch {
 public:
  explicit MemberSwitch(const NameWatch::Say& say) : say_(say), names_(say) {}

  /// What the configuration says from now on. Names that are new are looked up, for so long.
  void want(CollectorLayout written, NameOptions options, std::chrono::milliseconds patience);
  /// What it said before the last want(), which could not be.
  void go_back();

  /// Goes on with look-ups.
  void look();

  /// Takes in what has changed.
  /// present   collectors that are there
  /// gives     the layout that should be
  [[nodiscard]] const CollectorLayout& take(const std::vector<CollectorOptions>& present);
  /// gives     whether take() may give another layout than before
  [[nodiscard]] bool is_due();
  /// What take() gave could not be: it is asked for again soon.
  void postpone() noexcept { has_changed_ = true; }

  /// gives     as shared_services()
  [[nodiscard]] std::vector<std::string> services() const {
    return shared_services(options_, written_.pools);
  }
  void add_sockets(std::vector<pollfd>& sockets) const { names_.add_sockets(sockets); }
  [[nodiscard]] std::vector<NameFigures> figures() const;

 private:
  void note_left_out(std::size_t left_out);

  NameWatch::Say say_;
  NameWatch names_;
  CollectorLayout written_;
  NameOptions options_;
  CollectorLayout written_before_;
  NameOptions options_before_;
  MemberLayout now_;
  std::size_t told_left_out_ = 0;
  bool has_changed_ = false;
  Every looks_{std::chrono::seconds{1}};
};

}  // namespace heptap
