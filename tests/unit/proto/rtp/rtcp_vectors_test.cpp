// Every vector of RTCP, taken apart as far as it goes: reports, descriptions, all blocks of XR.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "proto/rtp/rtcp.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/rtcp_text.hpp"
#include "tests/support/vectors.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

// What the reference says of each. B05 and B06 are bad only to those that want a report in front,
// or look into blocks.
const std::map<std::string, std::string> wanted{
    {"R01",
     "sr 11223344\n"
     "sender e1234567.80000000 80000 500 80000\n"
     "block aabbccdd 26 12 75536 160 3a5bc000 98304\n"
     "sdes\nchunk 11223344\nitem 1 alice@10.0.0.1\n"},
    {"R02", "rr 55667788\nblock 11223344 0 -3 65535 8 00000000 0\n"},
    {"R03", "rr 55667788\nsdes\nchunk 55667788\nitem 1 bob\nitem 6 SoftPhone 1.0\n"},
    {"R04",
     "sr 01020304\n"
     "sender da8bd1fc.40000000 4294967295 4294967295 2147483647\n"
     "block 0a0b0c0d 255 8388607 4294967295 4294967295 ffffffff 4294967295\n"
     "block 0a0b0c0e 128 -8388608 0 0 00000001 1\n"},
    {"R05", "rr 11223344\nblock 55667788 0 0 100 0 b7052000 344064\n"},
    {"R06", "rr 11223344\nbye 11223344 hangup\n"},
    {"R07", "app 11223344 5 test 00010203\n"},
    {"R08", "rtpfb 1 11223344 55667788\nnack 1000 5\n"},
    {"R09", "psfb 1 11223344 55667788\n"},
    {"R10",
     "rr 11223344\n"
     "block 55667788 5 10 65546 80 00000000 0\n"
     "xr 11223344\n"
     "7 55667788\n"
     "loss 5 2 burst 68 120 gap 0 5200 16\n"
     "delay 120 60 level -20 -70 55\n"
     "r 91 - mos 43 42 bad 0\n"
     "plc 2 buffer 3 14 40 60 300\n"},
    {"R11",
     "xr 11223344\n"
     "7 55667788\n"
     "loss 0 0 burst 0 0 gap 0 0 16\n"
     "delay 0 0 level - - -\n"
     "r - - mos - - bad 0\n"
     "plc 0 buffer 0 0 0 0 0\n"},
    {"R12",
     "xr 11223344\n"
     "1 55667788 100 145 0\nvector 00007dff\nrun 15 1\nvector 00007fff\n"
     "2 55667788 100 130 1\nrun 15 1\n"
     "3 55667788 200 203 0\ntime 8000\ntime 8160\ntime 8322\n"
     "4 e1234567.80000000\n"
     "5\nanswer 55667788 45678000 65536\nanswer 99aabbcc 00000000 0\n"
     "6 55667788 100 1100 7 2\njitter 0 320 40 25\nttl 58 64 61 1\n"
     "7 55667788\n"
     "loss 13 3 burst 200 240 gap 2 4760 16\n"
     "delay 85 40 level -18 -68 60\n"
     "r 78 - mos 38 36 bad 0\n"
     "plc 3 buffer 3 15 60 80 200\n"},
    {"R13",
     "rr 11223344\nblock 55667788 0 0 50 0 00000000 0\n"
     "rr 11223344\nblock 99aabbcc 64 7 60 400 00000000 0\n"
     "sdes\nchunk 11223344\nitem 1 x\n"},
    {"R14", "rr 11223344\nblock 55667788 1 1 200 16 00000000 0\n"},
    {"R15", "xr 11223344\n99 unknown\n4 e1234567.80000000\n"},
    {"B01", "malformed\n"},
    {"B02", "incomplete\n"},
    {"B03", "incomplete\n"},
    {"B04", "malformed\n"},
    {"B05", "sdes\n"},
    {"B06", "xr 00000001\ncut\n"},
    {"B07", "malformed\n"},
    {"B08", "incomplete\n"},
};

}  // namespace

TEST_CASE("each RTCP vector has the values that the reference says") {
  const auto all = vectors("rtcp_vectors.json").as_object();
  CHECK(all.size() == wanted.size());
  for (const auto& [id, hex] : all) {
    CAPTURE(std::string{id});
    CHECK(rtcp_text(from_hex(hex.as_string())) == wanted.at(std::string{id}));
  }
}
