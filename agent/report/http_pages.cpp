#include "agent/report/http_pages.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>

#include <string>
#include <utility>

namespace heptap {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

struct Page {
  std::string body;
  http::status status = http::status::ok;
  std::string_view type = plain_text;
};

Page ready_page(const std::vector<std::string>& reasons) {
  if (reasons.empty()) return {"ready\n"};
  Page page{"", http::status::service_unavailable};
  for (const std::string& reason : reasons) page.body += reason + '\n';
  return page;
}

Page page_at(std::string_view path, const HttpHandlers& handlers) {
  if (path == "/") {
    return {
        "/metrics  figures for Prometheus\n"
        "/healthz  200 while the process is alive\n"
        "/readyz   200 while it captures and is connected, else 503 and why\n"};
  }
  if (path == "/healthz") return {"alive\n"};
  if (path == "/readyz") return ready_page(handlers.ready());
  if (path == "/metrics") return {handlers.metrics(), http::status::ok, prometheus_text};
  return {"there is no such page\n", http::status::not_found};
}

HttpResponse response_of(Page page) {
  HttpResponse response{page.status, 11, std::move(page.body)};
  response.set(http::field::content_type, page.type);
  response.set(http::field::cache_control, "no-store");
  response.prepare_payload();
  return response;
}

bool has_body(const HttpRequest& request) {
  const auto length = request.find(http::field::content_length);
  return request.chunked() || (length != request.end() && length->value() != "0");
}

}  // namespace

HttpResponse refusal(http::status status, std::string_view why) {
  HttpResponse response = response_of({std::string{why} + '\n', status});
  response.keep_alive(false);
  return response;
}

HttpResponse answer(const HttpRequest& request, const HttpHandlers& handlers) {
  const bool is_head = request.method() == http::verb::head;
  if (!is_head && request.method() != http::verb::get) {
    HttpResponse response = refusal(http::status::method_not_allowed, "only GET and HEAD");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  if (has_body(request)) {
    return refusal(http::status::payload_too_large, "a request has no body here");
  }
  const std::string_view target{request.target().data(), request.target().size()};
  HttpResponse response = response_of(page_at(target.substr(0, target.find('?')), handlers));
  response.version(request.version());
  response.keep_alive(request.keep_alive());
  if (is_head) response.body().clear();
  return response;
}

}  // namespace heptap
