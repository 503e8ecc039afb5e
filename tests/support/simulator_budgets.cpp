#include "tests/support/simulator_budgets.hpp"

#include "caf_gossip/membership/dissemination_engine.hpp"

namespace caf_gossip::test {

namespace {

constexpr std::size_t frame_bytes_max = std::size_t{1} << 20U;

/// Estimated bytes of the news in one datagram of the membership, and of one page of a roster.
constexpr std::size_t news_bytes_max = engine_options{}.news_bytes_max;
constexpr std::size_t page_bytes_max = std::size_t{256} << 10U;

/// Keys and values of the news in one datagram of the key/value plane, as entry_bytes counts them.
constexpr std::size_t state_news_bytes_max = 1200;

class budget_check {
public:
  budget_check(const sim_message& what, const config& cfg, std::vector<std::string>& violations)
      : what_(what), cfg_(cfg), violations_(violations) {}

  void check() {
    if (what_.bytes > frame_bytes_max)
      report(what_.bytes, "bytes");
    const auto on_body = [this](const auto& body) { this->on(body); };
    std::visit([&](const auto& plane) { std::visit(on_body, plane); }, what_.body);
    if (what_.via == channel::datagram && what_.bytes > datagram_bytes_max && !is_one_piece_)
      report(what_.bytes, "bytes as a datagram");
  }

private:
  template <class Payload>
  void on(const Payload& payload) {
    if constexpr (requires { payload.news; })
      on_records(payload.news, news_bytes_max);
    else if constexpr (requires { payload.page; })
      on_records(payload.page.records, page_bytes_max);
    else if constexpr (requires { payload.records; })
      on_records(payload.records, what_.via == channel::datagram ? news_bytes_max : page_bytes_max);
  }

  void on(const gossip_request& request) {
    const bool is_news = what_.head.correlation == 0;
    on_state(request.state, is_news ? state_news_bytes_max : cfg_.state_message_bytes_max, is_news);
    if (request.question && !is_valid(*request.question))
      violations_.emplace_back("sends a question out of bounds");
  }

  void on(const gossip_response& response) {
    if (response.state)
      on_state(*response.state, cfg_.state_message_bytes_max, false);
    if (response.findings && !is_valid(*response.findings))
      violations_.emplace_back("sends findings out of bounds");
  }

  /// One record has to go, however large it is: its attributes may take more than a datagram. What
  /// a suspect is told about itself comes on top.
  void on_records(const shared_records& records, std::size_t bytes_max) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const auto& rec : records) {
      const bool is_about_receiver = rec->address == what_.target
                                     && rec->incarnation == what_.head.receiver_incarnation
                                     && rec->status == member_status::suspect;
      const auto size = estimated_bytes(*rec);
      is_one_piece_ = is_one_piece_ || size > bytes_max / 2;
      if (is_about_receiver)
        continue;
      bytes += size;
      ++count;
    }
    if (count > 1 && bytes > bytes_max)
      report(bytes, "bytes of records");
  }

  /// One entry of the news has to go, however large it is.
  void on_state(const gossip_state& state, std::size_t bytes_max, bool may_be_one) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const auto& [id, member] : state.members) {
      count += member.entries.size();
      for (const auto& [key, entry] : member.entries)
        bytes += entry_bytes(key, entry.value);
    }
    is_one_piece_ = may_be_one && count == 1;
    if (bytes > bytes_max && !is_one_piece_)
      report(bytes, "bytes of state");
    if (state.members.size() > cfg_.gossip_max_send)
      report(state.members.size(), "member states");
  }

  void report(std::size_t number, const std::string& of) {
    violations_.push_back("sends " + std::to_string(number) + " " + of + " in one "
                          + std::string{kind_name(kind_of(what_.body))});
  }

  const sim_message& what_;
  const config& cfg_;
  std::vector<std::string>& violations_;
  /// A single record or entry is all that makes it so large.
  bool is_one_piece_ = false;
};

} // namespace

void check_budgets(const sim_message& what, const config& cfg,
                   std::vector<std::string>& violations) {
  budget_check{what, cfg, violations}.check();
}

} // namespace caf_gossip::test
