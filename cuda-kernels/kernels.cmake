# The kernels for GPUs. Each module becomes PTX for the oldest GPU that has its instructions, 8.0, or 9.0 where there are
# clusters, and from that machine code for as many GPUs as are asked for: what the front end does, nearly all of the
# work, it does once. The driver takes machine code where it fits and compiles the PTX where it does not.
set(GPUTRAIN_ARCHITECTURES native CACHE STRING
  "GPUs to make machine code for: native (those of this machine), all, none, or compute capabilities, as in 80;90")

find_program(NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES bin REQUIRED)
get_filename_component(NVCC_DIRECTORY ${NVCC} REALPATH)
get_filename_component(NVCC_DIRECTORY ${NVCC_DIRECTORY} DIRECTORY)
find_program(PTXAS ptxas HINTS ${NVCC_DIRECTORY} REQUIRED)
execute_process(COMMAND ${NVCC} --version OUTPUT_VARIABLE NVCC_VERSION)
string(REGEX MATCH "V([0-9.]+)" NVCC_VERSION "${NVCC_VERSION}")
set(NVCC_VERSION ${CMAKE_MATCH_1})

if(GPUTRAIN_ARCHITECTURES STREQUAL "none")
  set(ARCHITECTURES)
elseif(GPUTRAIN_ARCHITECTURES STREQUAL "all")
  # One for each generation: a GPU takes the code of its generation's first one.
  set(ARCHITECTURES 80 90 100 120)
elseif(GPUTRAIN_ARCHITECTURES STREQUAL "native")
  execute_process(COMMAND nvidia-smi --query-gpu=compute_cap --format=csv,noheader
                  OUTPUT_VARIABLE ARCHITECTURES ERROR_QUIET RESULT_VARIABLE NO_GPU)
  if(NO_GPU)
    set(ARCHITECTURES)
  endif()
  string(REGEX MATCHALL "[0-9]+\\.[0-9]" ARCHITECTURES "${ARCHITECTURES}")
  list(TRANSFORM ARCHITECTURES REPLACE "\\." "")
  list(REMOVE_DUPLICATES ARCHITECTURES)
else()
  set(ARCHITECTURES ${GPUTRAIN_ARCHITECTURES})
endif()
execute_process(COMMAND ${NVCC} --list-gpu-code OUTPUT_VARIABLE KNOWN_CODE)
set(MACHINE_CODE)
foreach(ARCHITECTURE ${ARCHITECTURES})
  if(NOT ARCHITECTURE MATCHES "^[0-9]+$" OR ARCHITECTURE LESS 80)
    message(WARNING "no machine code for ${ARCHITECTURE}: not a compute capability of 80 (for 8.0) or more")
  elseif(NOT KNOWN_CODE MATCHES "sm_${ARCHITECTURE}\n")
    message(WARNING "nvcc ${NVCC_VERSION} makes no machine code for ${ARCHITECTURE}: the driver will compile the PTX")
  else()
    list(APPEND MACHINE_CODE ${ARCHITECTURE})
  endif()
endforeach()

set(OUT ${CMAKE_CURRENT_BINARY_DIR}/modules)
set(FLAGS -std=c++20 -O3 -Werror=all-warnings -I${CMAKE_CURRENT_SOURCE_DIR}/include -I${CMAKE_CURRENT_SOURCE_DIR}/src
          -I${CMAKE_CURRENT_SOURCE_DIR}/../native/include)
# Changes where the compiler or its flags do, and then everything is compiled anew.
file(CONFIGURE OUTPUT ${OUT}/flags.txt CONTENT "nvcc ${NVCC_VERSION} ${FLAGS}\n")
set(IMAGES)

# The PTX of a module and what is made of it. NAME.ptx carries the oldest PTX version that has its instructions, so that
# older drivers take it; the registers, spills and shared memory of every kernel end up in NAME.sm_ARCHITECTURE.txt.
function(gputrain_kernels NAME SOURCE ARCHITECTURE PTX_VERSION)
  list(TRANSFORM ARGN PREPEND -D OUTPUT_VARIABLE DEFINITIONS)
  set(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/src/${SOURCE}.cu)
  add_custom_command(
    OUTPUT ${OUT}/${NAME}.ptx
    COMMAND ${NVCC} -ptx -arch=compute_${ARCHITECTURE} ${FLAGS} ${DEFINITIONS} -MMD -MF ${OUT}/${NAME}.d
            -MT ${OUT}/${NAME}.ptx -o ${OUT}/${NAME}.newest.ptx ${SOURCE}
    COMMAND ${CMAKE_COMMAND} -DFROM=${OUT}/${NAME}.newest.ptx -DTO=${OUT}/${NAME}.ptx -DVERSION=${PTX_VERSION} -P
            ${CMAKE_CURRENT_SOURCE_DIR}/ptx_version.cmake
    DEPENDS ${SOURCE} ${OUT}/flags.txt ${CMAKE_CURRENT_SOURCE_DIR}/ptx_version.cmake
    DEPFILE ${OUT}/${NAME}.d
    COMMENT "Compiling kernels ${NAME}"
    VERBATIM)
  list(APPEND IMAGES ${OUT}/${NAME}.ptx)
  foreach(CODE ${MACHINE_CODE})
    if(CODE GREATER_EQUAL ARCHITECTURE)
      set(TO ${OUT}/${NAME}.sm_${CODE})
      add_custom_command(
        OUTPUT ${TO}.cubin
        COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_SOURCE_DIR}/logged.cmake ${TO}.txt ${PTXAS} -O3 -v
                --warning-as-error -arch=sm_${CODE} -o ${TO}.cubin ${OUT}/${NAME}.ptx
        DEPENDS ${OUT}/${NAME}.ptx ${CMAKE_CURRENT_SOURCE_DIR}/logged.cmake
        COMMENT "Assembling kernels ${NAME} for sm_${CODE}"
        VERBATIM)
      list(APPEND IMAGES ${TO}.cubin)
    endif()
  endforeach()
  set(IMAGES ${IMAGES} PARENT_SCOPE)
endfunction()

foreach(NAME ${GPUTRAIN_MODULES})
  set(APART)
  if(NAME IN_LIST GPUTRAIN_CLUSTERED)
    gputrain_kernels(${NAME}_clusters ${GPUTRAIN_SOURCE_${NAME}} 90 8.0 ${GPUTRAIN_DEFINITIONS_${NAME}} GT_CLUSTERS=1)
    set(APART GT_CLUSTERS=0)
  endif()
  gputrain_kernels(${NAME} ${GPUTRAIN_SOURCE_${NAME}} 80 7.0 ${GPUTRAIN_DEFINITIONS_${NAME}} ${APART})
endforeach()

# What the program shows of where its kernels come from.
list(TRANSFORM MACHINE_CODE REPLACE "(.)$" ".\\1" OUTPUT_VARIABLE CAPABILITIES)
list(JOIN CAPABILITIES ", " CAPABILITIES)
if(CAPABILITIES)
  set(ORIGIN "machine code for ${CAPABILITIES} and PTX made by nvcc ${NVCC_VERSION}")
else()
  set(ORIGIN "PTX made by nvcc ${NVCC_VERSION}")
endif()
file(GENERATE OUTPUT ${OUT}/origin.txt CONTENT "${ORIGIN}\n")
file(GENERATE OUTPUT ${OUT}/modules.txt CONTENT "${MODULE_LIST}")
# Machine code of an earlier configuration would outlive it.
file(GLOB OLD ${OUT}/*.ptx ${OUT}/*.cubin)
list(REMOVE_ITEM OLD ${IMAGES})
list(FILTER OLD EXCLUDE REGEX "/peak\\.ptx$")
if(OLD)
  file(REMOVE ${OLD})
endif()
add_custom_target(gputrain_kernels ALL DEPENDS ${IMAGES})
