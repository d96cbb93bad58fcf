#include "agent/report/call_report.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

using namespace heptap;

namespace {

Call answered_call() {
  Call call;
  call.first_us = 1'700'000'000'000'000;
  call.answered_us = call.first_us + 2'000'000;
  call.ended_us = call.answered_us + 63'000'000;
  call.last_us = call.ended_us + 10'000;
  call.message_count = 7;
  call.final_status = 200;
  call.opened_by = SipMethod::invite;
  call.methods = {SipMethod::invite, SipMethod::ack, SipMethod::bye};
  call.method_count = 3;
  return call;
}

CallDetails details() {
  return {.call_id = "a84b@pc33", .from = "alice@example.com", .to = "bob\x1b[2J@example.com"};
}

}  // namespace

TEST_CASE("calls print as a table that hostile text cannot break") {
  std::ostringstream out;
  CallReport report(out, CallReport::Form::text);
  report.add({answered_call(), details()});
  Call busy = answered_call();
  busy.message_count = 1'234'567;
  report.add({busy, details()});
  report.finish({.opened = 2, .evicted = 3, .no_call_id = 2});
  const std::string text = out.str();
  CHECK(text.find("2023-11-14 22:13:20.000 1m03s     7     200    alice@example.com") !=
        std::string::npos);
  CHECK(text.find("INVITE ACK BYE") != std::string::npos);
  CHECK(text.find("a84b@pc33\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find(" 1234567 200    alice") != std::string::npos);
  CHECK(text.ends_with(
      "2 calls, 2 messages without Call-ID, 3 told early because the table was full\n"));
}

TEST_CASE("calls print as one JSON document, with or without any") {
  std::ostringstream out;
  CallReport report(out, CallReport::Form::json);
  report.add({answered_call(), details()});
  Call unanswered = answered_call();
  unanswered.answered_us = 0;
  unanswered.final_status = 0;
  report.add({unanswered, details()});
  report.finish({.opened = 2});
  const auto value = boost::json::parse(out.str());
  const auto& first = value.at("calls").at(0);
  CHECK(first.at("call_id").as_string() == "a84b@pc33");
  CHECK(first.at("methods").as_array().size() == 3);
  CHECK(first.at("talk_us").as_int64() == 63'000'000);
  CHECK(first.at("final_status").as_int64() == 200);
  const auto& second = value.at("calls").at(1);
  CHECK_FALSE(second.as_object().contains("talk_us"));
  CHECK_FALSE(second.as_object().contains("final_status"));
  CHECK(value.at("counts").at("calls").as_int64() == 2);

  std::ostringstream none;
  CallReport(none, CallReport::Form::json).finish({});
  CHECK(boost::json::parse(none.str()).at("calls").as_array().empty());
}
