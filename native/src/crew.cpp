#include "crew.h"

namespace gputrain {

void Crew::for_each(int n, const std::function<void(int, int)>& f) {
  n_ = n;
  task_ = &f;
  barrier_.wait(members_);
  work(0);
  barrier_.wait(members_);
}

void Crew::end() {
  task_ = nullptr;
  barrier_.wait(members_);
}

void Crew::help(int member, int members) {
  for (;;) {
    barrier_.wait(members);
    if (task_ == nullptr) {
      return;
    }
    work(member);
    barrier_.wait(members);
  }
}

void Crew::work(int member) const {
  const int first = static_cast<int>(static_cast<int64_t>(n_) * member / members_);
  const int last = static_cast<int>(static_cast<int64_t>(n_) * (member + 1) / members_);
  for (int i = first; i < last; i++) {
    (*task_)(i, member);
  }
}

}  // namespace gputrain
