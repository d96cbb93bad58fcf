#include "agent/report/ladder_text.hpp"

#include <algorithm>
#include <cstdio>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

constexpr std::size_t times_columns = 24;  // "10:00:00.020    +12.345 "
constexpr std::size_t least_distance = 18;
constexpr std::size_t most_distance = 60;
constexpr std::size_t beside_label = 6;  // "|- " and " >|", less the bar that both share

std::size_t characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

/// A line on its way from one column to another.
struct Row {
  std::int64_t time_us = 0;
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;
  char stroke = '-';
};

std::size_t column_of(const Ladder& ladder, const IpAddress& address) {
  const auto& hosts = ladder.hosts();
  const auto found = std::find_if(hosts.begin(), hosts.end(),
                                  [&](const LadderHost& host) { return host.address == address; });
  return static_cast<std::size_t>(found - hosts.begin());
}

std::string stream_label(const StreamRecord& stream) {
  std::string label = "RTP " + std::string(to_string(stream.type));
  if (!stream.codec.empty()) label += " " + one_line(stream.codec.view());
  label += " " + grouped(stream.figures.counts.packets()) + " packets";
  if (!stream.quality) return label;
  char mos[32];
  std::snprintf(mos, sizeof mos, " MOS %.2f", stream.quality->mos());
  return label + mos;
}

std::vector<Row> rows_of(const Ladder& ladder, const CallMedia* media) {
  std::vector<Row> rows;
  for (const LadderArrow& arrow : ladder.arrows()) {
    rows.push_back(
        {arrow.time_us, arrow.from, arrow.to, arrow.label, arrow.is_sent_again ? '~' : '-'});
  }
  if (media == nullptr) return rows;
  for (const StreamRecord& stream : media->streams) {
    const std::size_t from = column_of(ladder, stream.flow.source);
    const std::size_t to = column_of(ladder, stream.flow.destination);
    if (std::max(from, to) == ladder.hosts().size()) continue;
    rows.push_back({stream.figures.first_ns / 1000, from, to, stream_label(stream), '='});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.time_us < b.time_us; });
  return rows;
}

// As far apart as the longest label wants and the terminal allows.
std::size_t distance_of(const Ladder& ladder, const std::vector<Row>& rows, std::size_t columns) {
  std::size_t wanted = least_distance;
  for (const Row& row : rows) {
    const std::size_t apart = std::max(row.from, row.to) - std::min(row.from, row.to);
    wanted = std::max(wanted,
                      (characters(row.label) + beside_label) / std::max<std::size_t>(apart, 1) + 1);
  }
  std::size_t names = least_distance;
  for (const LadderHost& host : ladder.hosts()) {
    names = std::max(names, to_string(host.address, host.port).size() + 2);
  }
  const std::size_t gaps = std::max<std::size_t>(ladder.hosts().size(), 2) - 1;
  const std::size_t beside = times_columns + names / 2 + 2;
  const std::size_t room = columns > beside + names / 2 ? (columns - beside - names / 2) / gaps : 0;
  return std::clamp(std::min(wanted, room), names, std::max(names, most_distance));
}

class Drawing {
 public:
  Drawing(std::size_t hosts, std::size_t distance, std::size_t first)
      : hosts_(hosts), distance_(distance), first_(first) {}

  [[nodiscard]] std::size_t bar(std::size_t host) const noexcept {
    return first_ + host * distance_;
  }

  [[nodiscard]] std::string line(const std::string& times, const Row& row) const {
    if (row.from == row.to) return loop(times, row);
    const std::size_t left = std::min(row.from, row.to);
    const std::size_t right = std::max(row.from, row.to);
    std::string out = bars(times, 0, left);
    out += arrow(row, (right - left) * distance_ - 1);
    for (std::size_t host = right; host < hosts_; ++host) append_bar(out, host);
    return out;
  }

 private:
  [[nodiscard]] std::string bars(const std::string& times, std::size_t from, std::size_t to) const {
    std::string out = times;
    for (std::size_t host = from; host <= to; ++host) append_bar(out, host);
    return out;
  }

  void append_bar(std::string& out, std::size_t host) const {
    const std::size_t have = characters(out);
    if (have < bar(host)) out.append(bar(host) - have, ' ');
    out += '|';
  }

  // Between two bars: "- INVITE ------>"
  static std::string arrow(const Row& row, std::size_t width) {
    const bool is_to_right = row.from < row.to;
    const std::string label = fitted(row.label, width - 5);
    const std::size_t strokes = width - characters(label) - 3;
    const std::string before(is_to_right ? 1 : strokes / 2, row.stroke);
    const std::string after(strokes - before.size(), row.stroke);
    return is_to_right ? before + " " + label + " " + after + ">"
                       : "<" + before + " " + label + " " + after;
  }

  // From a host to itself.
  [[nodiscard]] std::string loop(const std::string& times, const Row& row) const {
    std::string out = bars(times, 0, row.from);
    const bool is_last = row.from + 1 == hosts_;
    const std::string label = is_last ? row.label : fitted(row.label, distance_ - 5);
    out += std::string("<") + row.stroke + " " + label;
    for (std::size_t host = row.from + 1; host < hosts_; ++host) append_bar(out, host);
    return out;
  }

  std::size_t hosts_;
  std::size_t distance_;
  std::size_t first_;
};

std::string heading(const Ladder& ladder, const Drawing& drawing) {
  std::string out;
  for (std::size_t i = 0; i < ladder.hosts().size(); ++i) {
    const std::string name = to_string(ladder.hosts()[i].address, ladder.hosts()[i].port);
    const std::size_t begin = drawing.bar(i) - std::min(drawing.bar(i), name.size() / 2);
    out.append(begin > out.size() ? begin - out.size() : 1, ' ');
    out += name;
  }
  return out;
}

std::string times_text(std::int64_t time_us, std::int64_t before_us) {
  char delta[32];
  std::snprintf(delta, sizeof delta, "%+9.3f", static_cast<double>(time_us - before_us) / 1e6);
  return utc_time(time_us).substr(11, 12) + " " + delta + " ";
}

std::string footer(const Ladder& ladder, const std::vector<Row>& rows) {
  std::string out;
  const bool any_again =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.stroke == '~'; });
  if (any_again) out += "~~> sent again, to the byte\n";
  if (ladder.not_drawn() != 0) {
    out += grouped(ladder.not_drawn()) + " more messages are not drawn: at most " +
           grouped(Ladder::max_arrows) + " between " + grouped(Ladder::max_hosts) + " hosts are\n";
  }
  return out;
}

}  // namespace

std::string ladder_text(const Ladder& ladder, const CallMedia* media, std::size_t columns) {
  const std::vector<Row> rows = rows_of(ladder, media);
  if (rows.empty()) return {};
  const std::size_t name = to_string(ladder.hosts()[0].address, ladder.hosts()[0].port).size();
  const Drawing drawing(ladder.hosts().size(), distance_of(ladder, rows, columns),
                        times_columns + name / 2);
  std::string out = "Call-ID " + one_line(ladder.call_id()) + ", " +
                    utc_time(rows.front().time_us).substr(0, 10) + " (UTC)\n\n" +
                    heading(ladder, drawing) + '\n';
  std::int64_t before_us = rows.front().time_us;
  for (const Row& row : rows) {
    out += drawing.line(times_text(row.time_us, before_us), row) + '\n';
    before_us = row.time_us;
  }
  return out + footer(ladder, rows);
}

}  // namespace heptap
