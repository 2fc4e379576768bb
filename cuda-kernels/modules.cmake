# The modules of kernels, for the GPU and for the emulated one: one for every dense network, one for every network of
# product units, one for each shape of shapes.txt, one each for kernel models, second-order training and spline networks.
# Sets GPUTRAIN_MODULES, of each GPUTRAIN_SOURCE_name and GPUTRAIN_DEFINITIONS_name, and GPUTRAIN_CLUSTERED: those that
# have kernels with clusters, too, on GPUs in a module name_clusters beside name.
set(GPUTRAIN_CLUSTERED core product_units)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/shapes.txt)
file(STRINGS shapes.txt SHAPES REGEX "^[0-9]")
foreach(SHAPE ${SHAPES})
  if(NOT SHAPE MATCHES "^([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+) ([a-z_]+)$")
    message(FATAL_ERROR "shapes.txt: '${SHAPE}' is not four widths and an activation or a family")
  endif()
  set(NAME ${CMAKE_MATCH_1}_${CMAKE_MATCH_2}_${CMAKE_MATCH_3}_${CMAKE_MATCH_4}_${CMAKE_MATCH_5})
  set(GPUTRAIN_SOURCE_${NAME} specialised)
  set(GPUTRAIN_DEFINITIONS_${NAME} GT_NAME=${NAME} GT_INPUTS=${CMAKE_MATCH_1} GT_HIDDEN1=${CMAKE_MATCH_2}
                                   GT_HIDDEN2=${CMAKE_MATCH_3} GT_OUTPUTS=${CMAKE_MATCH_4})
  string(TOUPPER ${CMAKE_MATCH_5} KIND)
  if(KIND MATCHES "PRODUCT_UNITS$")
    list(APPEND GPUTRAIN_DEFINITIONS_${NAME} GT_PRODUCTS=GT_${KIND})
  else()
    list(APPEND GPUTRAIN_DEFINITIONS_${NAME} GT_ACTIVATION=GT_${KIND})
  endif()
  list(APPEND GPUTRAIN_CLUSTERED ${NAME})
endforeach()
# The list that modules.txt has: those that train networks in float32, each with a table of its kernels.
string(REPLACE ";" "\n" MODULE_LIST "${GPUTRAIN_CLUSTERED}\n")
# Those that take longest to compile first.
set(GPUTRAIN_MODULES splines kernel_models second_order ${GPUTRAIN_CLUSTERED})
foreach(NAME core product_units kernel_models second_order splines)
  set(GPUTRAIN_SOURCE_${NAME} ${NAME})
  set(GPUTRAIN_DEFINITIONS_${NAME})
endforeach()
