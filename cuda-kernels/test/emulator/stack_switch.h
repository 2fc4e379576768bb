// Going on from another stack, for machine.cpp alone: the symbol is defined here.
#pragma once

#if defined(__x86_64__)
// Saves the registers that a call must keep on this stack, stores its pointer in *from and goes on from `to`.
extern "C" void gputrain_switch_stack(void** from, void* to);
asm(R"(
.text
.globl gputrain_switch_stack
.hidden gputrain_switch_stack
.type gputrain_switch_stack, @function
gputrain_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  popq %rcx  # no ret: it would be predicted to go back to where this was called
  jmpq *%rcx
.size gputrain_switch_stack, .-gputrain_switch_stack
)");
#else
#include <ucontext.h>

extern "C" void gputrain_switch_stack(void** from, void* to) {
  ucontext_t here;
  *from = &here;
  swapcontext(&here, static_cast<ucontext_t*>(to));
}
#endif
