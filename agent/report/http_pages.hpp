#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

#include "agent/report/http_handlers.hpp"

namespace heptap {

using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// Answers GET and HEAD of /, /healthz, /readyz and /metrics, whatever follows a `?`.
/// request   its body, if it has one, was not read: keep_alive() of the answer is false then
/// gives     200; 404; 405; 413 for a GET with a body; 503 when /readyz has reasons. The answer to
///           HEAD says how long the body would be, and has none.
/// errors    what a handler throws
[[nodiscard]] HttpResponse answer(const HttpRequest& request, const HttpHandlers& handlers);

/// gives     an answer after which the connection is closed, `why` on a line
[[nodiscard]] HttpResponse refusal(boost::beast::http::status status, std::string_view why);

}  // namespace heptap
