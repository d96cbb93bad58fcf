#include "agent/report/http_pages.hpp"

#include <catch2/catch.hpp>

#include <boost/beast/http/verb.hpp>

using namespace heptap;
namespace http = boost::beast::http;

namespace {

HttpHandlers handlers(std::vector<std::string> reasons = {}) {
  return {.metrics = [] { return std::string{"heptap_up 1\n"}; },
          .ready = [reasons = std::move(reasons)] { return reasons; }};
}

HttpRequest request_for(const std::string& target, http::verb method = http::verb::get) {
  return {method, target, 11};
}

}  // namespace

TEST_CASE("each page is at its path, whatever follows a question mark") {
  struct Row {
    std::string target;
    unsigned status;
    std::string type;
    std::string body_start;
  };
  const std::string text = "text/plain; charset=utf-8";
  const auto row = GENERATE_COPY(values<Row>({
      {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "heptap_up 1\n"},
      {"/metrics?name[]=up", 200, "text/plain; version=0.0.4; charset=utf-8", "heptap_up 1\n"},
      {"/healthz", 200, text, "alive\n"},
      {"/readyz", 200, text, "ready\n"},
      {"/", 200, text, "/metrics "},
      {"/?", 200, text, "/metrics "},
      {"/metrics/", 404, text, "there is no such page\n"},
      {"/../metrics", 404, text, "there is no such page\n"},
      {"/METRICS", 404, text, "there is no such page\n"},
      {"http://127.0.0.1/metrics", 404, text, "there is no such page\n"},
      {"?", 404, text, "there is no such page\n"},
      {"*", 404, text, "there is no such page\n"},
  }));
  CAPTURE(row.target);
  const HttpResponse response = answer(request_for(row.target), handlers());
  CHECK(response.result_int() == row.status);
  CHECK(response[http::field::content_type] == row.type);
  CHECK(response.body().starts_with(row.body_start));
  CHECK(response[http::field::content_length] == std::to_string(response.body().size()));
  CHECK(response.keep_alive());
}

TEST_CASE("the list of pages names pages that are there") {
  const std::string list = answer(request_for("/"), handlers()).body();
  for (const std::string path : {"/metrics", "/healthz", "/readyz"}) {
    CHECK(list.find(path + ' ') != std::string::npos);
    CHECK(answer(request_for(path), handlers()).result() == http::status::ok);
  }
}

TEST_CASE("who is not ready says why") {
  const auto not_ready = handlers({"eth0: is down", "homer: not connected"});
  const HttpResponse response = answer(request_for("/readyz"), not_ready);
  CHECK(response.result() == http::status::service_unavailable);
  CHECK(response.body() == "eth0: is down\nhomer: not connected\n");
  CHECK(answer(request_for("/healthz"), not_ready).result() == http::status::ok);
}

TEST_CASE("HEAD is answered as GET, without the body") {
  const HttpResponse response = answer(request_for("/metrics", http::verb::head), handlers());
  CHECK(response.result() == http::status::ok);
  CHECK(response[http::field::content_length] == "12");
  CHECK(response.body().empty());
}

TEST_CASE("only GET and HEAD are allowed, on any page") {
  const auto method =
      GENERATE(http::verb::post, http::verb::put, http::verb::delete_, http::verb::options,
               http::verb::connect, http::verb::trace, http::verb::unknown);
  const std::string target = GENERATE("/metrics", "/nowhere");
  CAPTURE(method, target);
  const HttpResponse response = answer(request_for(target, method), handlers());
  CHECK(response.result() == http::status::method_not_allowed);
  CHECK(response[http::field::allow] == "GET, HEAD");
  CHECK_FALSE(response.keep_alive());
}

TEST_CASE("a request with a body is refused, and nothing is read behind it") {
  HttpRequest request = request_for("/metrics");
  SECTION("with a length") { request.set(http::field::content_length, "1"); }
  SECTION("in chunks") { request.chunked(true); }
  const HttpResponse response = answer(request, handlers());
  CHECK(response.result() == http::status::payload_too_large);
  CHECK_FALSE(response.keep_alive());
}

TEST_CASE("a body of no bytes is none") {
  HttpRequest request = request_for("/healthz");
  request.set(http::field::content_length, "0");
  CHECK(answer(request, handlers()).result() == http::status::ok);
}

TEST_CASE("the connection is kept when the client wants that") {
  HttpRequest request = request_for("/healthz");
  request.keep_alive(false);
  CHECK_FALSE(answer(request, handlers()).keep_alive());
  request.version(10);
  CHECK_FALSE(answer(request, handlers()).keep_alive());
  request.keep_alive(true);
  CHECK(answer(request, handlers()).keep_alive());
  CHECK(answer(request, handlers()).version() == 10);
}
