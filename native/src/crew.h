// Threads of which one leads: it decides, and calls the others for work that can be shared.
#pragma once

#include <functional>

#include "pool.h"

namespace gputrain {

class Crew {
 public:
  // The leader's side, between begin() and end(). Calls f(i, member) for every i of 0 ... n-1, on all members.
  void begin(int members) { members_ = members; }
  void for_each(int n, const std::function<void(int, int)>& f);
  void end();

  // The side of the others: returns when the leader ends.
  void help(int member, int members);

 private:
  void work(int member) const;

  Barrier barrier_;
  int members_ = 1;
  int n_ = 0;
  const std::function<void(int, int)>* task_ = nullptr;  // null: the end
};

}  // namespace gputrain
