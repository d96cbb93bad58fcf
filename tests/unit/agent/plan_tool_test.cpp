#include "agent/plan_tool.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "agent/plan/field.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("agent/plan/FIELDS.md is made from the table of fields") {
  CHECK(fields_markdown() == read_file(HEPTAP_SOURCE_DIR "/agent/plan/FIELDS.md"));
}

TEST_CASE("every field is listed with its type, messages and meaning") {
  std::ostringstream out;
  CHECK(run_plan_fields(FieldsForm::text, out) == ExitCode::ok);
  for (const Field& field : fields()) {
    CAPTURE(field.name);
    CHECK_FALSE(field.help.empty());
    CHECK(field.help.find_first_of("|\n") == std::string_view::npos);
    CHECK(out.str().find(std::string{field.name} + "  ") != std::string::npos);
  }
  CHECK(out.str().find("sip.Method  text, of SIP requests\n    ") != std::string::npos);
}

TEST_CASE("what the rules of a file are compiled to is printed for people") {
  TempFolder folder;
  const auto file = folder.write("heptap.yaml", R"(
collectors: [{name: homer, url: 'udp://192.0.2.1:9060'}]
plan:
  unmatched: drop
  rules:
    - name: probes
      when: sip.Method == "OPTIONS" && ip.src in {10.0.0.0/8}
      count: probes
    - name: all else
      when: not sip.Status-Code in {100..199, 486}
      send: homer
)");
  std::ostringstream out;
  std::ostringstream err;
  CHECK(run_plan_explain(file.string(), out, err) == ExitCode::ok);
  CHECK(err.str().empty());
  const std::string requests =
      "SIP requests\n"
      "  1: sip.Method == \"OPTIONS\"\n"
      "     yes: step 2\n"
      "     no: \"all else\"\n"
      "  2: ip.src in {10.0.0.0/8}\n"
      "     yes: \"probes\", then \"all else\"\n"
      "     no: \"all else\"\n";
  const std::string responses =
      "SIP responses\n"
      "  1: sip.Status-Code in {100..199, 486}\n"
      "     yes: no further rule\n"
      "     no: \"all else\"\n";
  const std::string others =
      "RTCP\n"
      "  all: \"all else\"\n"
      "reports\n"
      "  all: \"all else\"\n";
  CHECK(out.str() == requests + responses + others +
                         "Rules\n"
                         "  \"probes\": count as probes, go on\n"
                         "  \"all else\": send to homer, stop\n"
                         "  what no rule sends or drops is dropped\n");
}

TEST_CASE("pools are explained, with rules and without") {
  TempFolder folder;
  std::ostringstream out;
  std::ostringstream err;
  const auto file = folder.write("pools.yaml",
                                 "collectors:\n"
                                 "  - {name: here, url: 'udp://127.0.0.1:1'}\n"
                                 "  - {name: there, url: 'udp://127.0.0.1:2'}\n"
                                 "pools:\n"
                                 "  - {name: pair, policy: failover, collectors: [there, here]}\n"
                                 "plan: {unmatched: drop, rules: [{send: pair}]}\n");
  CHECK(run_plan_explain(file.string(), out, err) == ExitCode::ok);
  CHECK(out.str().find("send to pair, stop\n") != std::string::npos);
  CHECK(out.str().ends_with("  pool pair, failover of there, here\n"));
}

TEST_CASE("a file without rules has no program, a wrong one has errors instead") {
  TempFolder folder;
  std::ostringstream out;
  std::ostringstream err;
  const auto none = folder.write("none.yaml", "");
  CHECK(run_plan_explain(none.string(), out, err) == ExitCode::ok);
  CHECK(out.str() == "no plan: everything is sent to every collector\n");
  const auto wrong = folder.write("wrong.yaml", "plan: {rules: [{when: sipp, drop: true}]}");
  CHECK(run_plan_explain(wrong.string(), out, err) == ExitCode::bad_config);
  CHECK(err.str().find("\"sipp\" is no field") != std::string::npos);
}
