#include "agent/pipeline/pipeline.hpp"

namespace heptap {

std::vector<TableFigures> Pipeline::tables() const {
  std::vector<TableFigures> all{{"fragments", decoder_.fragment_table()},
                                {"tcp_streams", tcp_.stream_table()},
                                {"inflaters", tcp_.inflaters()},
                                {"sctp_associations", sctp_.use()}};
  if (own_duplicates_) all.push_back({"duplicates", own_duplicates_->use()});
  const auto pairs = reports_ ? reports_->pairs() : std::nullopt;
  if (pairs) all.push_back({"rtcp_pairs", *pairs});
  if (reports_) {
    all.push_back({"srtcp_sources", reports_->srtcp_sources()});
    all.push_back({"rtcp_suspects", reports_->suspects()});
  }
  if (rtp_) add_tables(all, rtp_->tables());
  return all;
}

}  // namespace heptap
