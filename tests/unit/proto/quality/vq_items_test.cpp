#include "proto/quality/vq_items.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "proto/quality/vq_keys.hpp"

using namespace heptap;

namespace {

bool is_metric(std::string_view name) noexcept { return find_vq_key(name) != nullptr; }

/// `key=value|key=value`, a word that is no item without `=`.
std::string items_of(std::string_view line) {
  std::string all;
  for (VqItemView item; next_vq_item(line, is_metric, item);) {
    if (!all.empty()) all += '|';
    if (!item.key.empty()) all += std::string(item.key) + '=';
    all += item.value;
  }
  return all;
}

}  // namespace

TEST_CASE("items of a line, as phones write them") {
  struct Row {
    std::string_view line;
    std::string_view items;
  };
  const auto row = GENERATE(values<Row>({
      {"", ""},
      {" \r\n\t ;,", ""},
      {"NLR=1.25 JDR=0.5", "NLR=1.25|JDR=0.5"},
      {"NLR:1.25 JDR:0.5", "NLR=1.25|JDR=0.5"},
      {"NLR = 1.25\r\n JDR\t:\t0.5", "NLR=1.25|JDR=0.5"},
      {"NLR=1.25, JDR=0.5;", "NLR=1.25|JDR=0.5"},
      {"NLR=1.25;JDR=0.5", "NLR=1.25|JDR=0.5"},
      {"JBM=20JBX=240", "JBM=20|JBX=240"},
      {"RTD=85SOWD=102IAJ=4", "RTD=85|SOWD=102|IAJ=4"},
      {"jbm:20jbx:240", "jbm=20|jbx=240"},
      {"PD=PCMUSR=8000", "PD=PCMU|SR=8000"},
      {"SR=8000;16000 FD=20", "SR=8000;16000|FD=20"},
      {"FMTP=\"annexb=no FD=7\" PLC=3", "FMTP=annexb=no FD=7|PLC=3"},
      {"FMTP=\"annexb=no\"PLC=3", "FMTP=annexb=no|PLC=3"},
      {"FMTP=mode-set=0 PLC=3", "FMTP=mode-set=0|PLC=3"},
      {"FMTP=\"no end", "FMTP=\"no end"},
      {"JBM= JBX=240", "JBM=|JBX=240"},
      {"JBM=\r\nJBX=240", "JBM=|JBX=240"},
      {"START=2024-03-05T10:15:00Z STOP=x", "START=2024-03-05T10:15:00Z|STOP=x"},
      {"CallTerm NLR=1", "CallTerm|NLR=1"},
      {"\"a=b\" NLR=1", "\"a=b\"|NLR=1"},
      {"SCS=1 NLR=2", "SCS=1|NLR=2"},
      {"=5 NLR=2", "=5|NLR=2"},
      {"NLR", "NLR"},
      {"NLR=", "NLR="},
  }));
  CAPTURE(row.line);
  CHECK(items_of(row.line) == row.items);
}

TEST_CASE("a line of items ends, whatever it is made of") {
  for (const std::string_view piece : {"=", ":", "\"", ";", "A=", "NLR", "NLR=", "NLR=\"", "\n:"}) {
    std::string line;
    while (line.size() < 4096) line += piece;
    CAPTURE(piece);
    std::size_t count = 0;
    std::string_view rest = line;
    for (VqItemView item; next_vq_item(rest, is_metric, item);) ++count;
    CHECK(count <= line.size());
    CHECK(rest.empty());
  }
}
