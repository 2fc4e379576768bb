# cmake -DFROM=... -DTO=... -DVERSION=8.0 -P ptx_version.cmake: PTX with another version of the language at its head. nvcc
# writes its own, the newest, which only drivers as new as it take; the assembler refuses instructions that VERSION lacks.
# The one thing that it writes and may be left out is a hint, which bytes of a load are used (PTX 8.3).
file(READ ${FROM} TEXT)
string(REGEX REPLACE "\n\\.version [0-9.]+\n" "\n.version ${VERSION}\n" TEXT "${TEXT}")
if(VERSION VERSION_LESS 8.3)
  string(REGEX REPLACE "[ \t]*\\.pragma \"used_bytes_mask [0-9a-fA-Fx]+\";" "" TEXT "${TEXT}")
endif()
if(NOT TEXT MATCHES "\n\\.version ${VERSION}\n")
  message(FATAL_ERROR "${FROM} names no version of PTX")
endif()
file(WRITE ${TO} "${TEXT}")
file(REMOVE ${FROM})
