#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// One reason and how often it applied.
struct LedgerLine {
  std::string reason;
  std::uint64_t count = 0;
};

/// One stage of a packet's way: what came in has left, went on as part of something else, was
/// dropped for a named reason, or is held.
struct LedgerStage {
  std::string name;
  std::uint64_t entered = 0;
  std::uint64_t left = 0;
  std::uint64_t held = 0;
  /// Of the entered: what came from beside the way, such as messages out of streams.
  std::uint64_t joined = 0;
  std::string_view joined_from = "streams";  ///< static storage
  /// Not offered to it, because it came later, or had left: a collector that was changed while it
  /// ran. Not among the entered.
  std::uint64_t passed_before = 0;
  std::uint64_t passed_after = 0;
  /// Nor are these: the plan sent them to other collectors alone.
  std::uint64_t elsewhere = 0;
  /// Fragments in the datagram of another, segments in a stream.
  std::vector<LedgerLine> absorbed = {};
  std::vector<LedgerLine> dropped = {};
  /// Worth knowing, but no loss: messages cut, frames sent twice. Not part of the sum.
  std::vector<LedgerLine> noted = {};

  [[nodiscard]] std::uint64_t absorbed_count() const noexcept;
  [[nodiscard]] std::uint64_t dropped_count() const noexcept;
  /// gives     entered - left - absorbed - dropped - held; anything but 0 is a bug of ours
  [[nodiscard]] std::int64_t difference() const noexcept;
};

/// The whole account. Stages that form the packet's way come first and in its order: what leaves
/// one enters the next, beside what has joined it there. Streams count bytes, not packets; they
/// stand beside the way. So do sources, which count frames that others have made, or packets of RTP
/// and the reports made of them: what leaves them joins the way where its `joined_from` is "sources".
/// Then come the collectors, each of which takes
/// what left the way's last stage while it was there.
struct Ledger {
  std::vector<LedgerStage> way;
  std::vector<LedgerStage> streams = {};
  std::vector<LedgerStage> sources = {};
  std::vector<LedgerStage> collectors = {};
  /// What collectors could not take, and have absorbed as `spooled`: by the collector's name. Frames
  /// of an earlier run have joined it.
  std::vector<LedgerStage> spools = {};

  /// gives     empty, or the first stage that does not add up and by how much
  [[nodiscard]] std::string fault() const;
};

/// Adds a line unless its count is 0: the summary names only what happened.
void add_line(std::vector<LedgerLine>& lines, std::string_view reason, std::uint64_t count);

/// Prints "   (3 resent, 1 cut)" and ends the line; of no lines, only that.
void print_notes(std::ostream& out, const std::vector<LedgerLine>& notes);

/// Adds what another worker, or HEP sources, counted: stages of one name become one. Those that `sum`
/// does not have come behind.
void add(Ledger& sum, const Ledger& part);

/// Prints one line a stage: `decode      1,000 = 998 left + 2 not_ip`.
void print(std::ostream& out, const Ledger& ledger);

/// gives     {"adds_up":bool,"stages":[…],"streams":[…],"sources":[…],"collectors":[…],"spools":[…]},
///           one line
[[nodiscard]] std::string to_json(const Ledger& ledger);

}  // namespace heptap
