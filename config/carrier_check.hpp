#pragma once

#include <string>

#include "config/cross_check.hpp"

namespace heptap {

/// Checks options of an item that do nothing with its url: those of TLS with another one, say.
/// list      "collectors" or "hep"
/// item      "collectors[0]"
void check_idle_options(const std::string& list, const std::string& item, CollectorCarrier carrier,
                        const PlacedOptions& places, const ReportProblem& report);

/// Checks that certificate and key are there together.
/// item      "collectors[0]"
void check_certificate(const std::string& item, const PlacedOptions& places,
                       const ReportProblem& report);

}  // namespace heptap
