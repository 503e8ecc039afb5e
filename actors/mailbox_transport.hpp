/// The transport as the membership actor sees it: its mailbox in, one batch per step out.
#pragma once

#include <utility>
#include <vector>

#include "caf_gossip/net/transport.hpp"

namespace caf_gossip {

/// Never refuses a frame: the transport actor does, and its failures come back as messages.
class mailbox_transport final : public net::transport {
public:
  /// Puts what a message brought where `poll` finds it.
  void arrived(std::vector<net::inbound> items) {
    std::move(items.begin(), items.end(), std::back_inserter(inbox_));
  }

  /// Returns everything sent since the last call.
  [[nodiscard]] std::vector<net::outbound> take_sent() { return std::exchange(outbox_, {}); }

  expected<authority> start(const authority& where) override { return where; }

  expected<void> send(net::outbound what) override {
    outbox_.push_back(std::move(what));
    return {};
  }

  std::vector<net::inbound> poll() override {
    auto items = take_left_over();
    arrived_into(items);
    return items;
  }

  void stop() override {}

  [[nodiscard]] net::transport_stats stats() const override { return {}; }

  void on_arrival(std::function<void()>) override {}

private:
  void arrived_into(std::vector<net::inbound>& items) {
    std::move(inbox_.begin(), inbox_.end(), std::back_inserter(items));
    inbox_.clear();
  }

  std::vector<net::inbound> inbox_;
  std::vector<net::outbound> outbox_;
};

} // namespace caf_gossip
