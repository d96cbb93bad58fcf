#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "agent/exit_code.hpp"
#include "transport/endpoint.hpp"
#include "transport/listener.hpp"

namespace heptap {

struct CollectOptions {
  std::vector<Endpoint> listen;
  std::vector<std::string> outputs;  ///< forms of make_frame_output()
  TlsServerOptions tls;              ///< for endpoints of Carrier::tls
  std::uint64_t count = 0;           ///< end after this many good frames; 0: never
  bool quiet = false;                ///< no ledger
};

/// Receives HEP until SIGINT or SIGTERM, or until `count` frames have come.
/// out       what the outputs print
/// err       `listening on URL` for each endpoint once it is open, then the ledger
/// gives     ok; failure when an endpoint cannot be opened or an output cannot be written
[[nodiscard]] ExitCode run_collect(const CollectOptions& options, std::ostream& out,
                                   std::ostream& err);

}  // namespace heptap
