#pragma once

#include <string>

namespace heptap::test {

/// A small request of one dialog. `call_id` alone tells calls apart.
inline std::string request(const std::string& method, const std::string& call_id = "one@a",
                           const std::string& body = "") {
  return method + " sip:bob@example.com SIP/2.0\r\n" +
         "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\n" +
         "From: Alice <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n" +
         "Call-ID: " + call_id + "\r\nCSeq: 1 " + method +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The response to request(method, call_id).
inline std::string response(int status, const std::string& method,
                            const std::string& call_id = "one@a") {
  return "SIP/2.0 " + std::to_string(status) + " Reason\r\n" +
         "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\n" +
         "From: Alice <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\n" +
         "Call-ID: " + call_id + "\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace heptap::test
