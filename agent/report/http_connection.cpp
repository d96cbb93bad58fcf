#include "agent/report/http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace heptap {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// What may be read and thrown away, so that a peer that still sends can read why it should not.
constexpr std::size_t max_drained_bytes = 64 * 1024;

bool is_http_fault(const boost::system::error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

HttpResponse refusal_of(const boost::system::error_code& error) {
  const bool is_too_long =
      error == http::error::header_limit || error == http::error::buffer_overflow;
  return is_too_long ? refusal(http::status::request_header_fields_too_large,
                               "the head of the request is too long")
                     : refusal(http::status::bad_request, "this is no request");
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, HttpHost& host)
    : stream_(std::move(socket)), host_(host), buffer_(2 * host.options().max_head_bytes) {}

void HttpConnection::start(HttpPlace place) {
  place_ = place;
  read();
}

void HttpConnection::close() {
  if (closed_) return;
  closed_ = true;
  stream_.close();
  host_.on_closed(place_);
}

void HttpConnection::read() {
  parser_.emplace();
  parser_->header_limit(host_.options().max_head_bytes);
  parser_->body_limit(boost::none);  // none is read; answer() says what it thinks of one
  stream_.expires_after(host_.options().timeout);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_read(error); });
}

void HttpConnection::on_read(const error_code& error) {
  if (closed_) return;
  if (error && !is_http_fault(error)) return close();
  response_ = error ? refusal_of(error) : host_.respond(parser_->get());
  host_.on_heard(place_);
  write();
}

void HttpConnection::write() {
  reset_when_closed(true);
  stream_.expires_after(host_.options().timeout);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->on_written(error);
                    });
}

void HttpConnection::on_written(const error_code& error) {
  if (closed_) return;
  if (error) return close();
  reset_when_closed(false);
  response_.keep_alive() ? read() : say_goodbye();
}

// The answer is lost when a socket is closed on bytes that were not read.
void HttpConnection::say_goodbye() {
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(host_.options().timeout);
  drain();
}

void HttpConnection::drain() {
  stream_.async_read_some(asio::buffer(unread_), [self = shared_from_this()](
                                                     const error_code& error, std::size_t size) {
    self->drained_bytes_ += size;
    if (error || self->closed_ || self->drained_bytes_ > max_drained_bytes) {
      return self->close();
    }
    self->drain();
  });
}

// What a peer does not take would stay in the kernel for minutes after the socket is closed.
void HttpConnection::reset_when_closed(bool reset) {
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::linger(reset, 0), ignored);
}

}  // namespace heptap
