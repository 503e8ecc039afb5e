# S1.5.1: installs a build into a fresh folder, compiles every installed header alone if
# CHECK_HEADERS, then configures, builds and runs a consumer project that knows nothing
# but the installed package.
#
# The variables come from CMakeLists.txt beside this file.

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "failed (${code}): ${command}\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

# Compiles one header alone and fails when it reaches a folder matching FORBIDDEN.
function(check_header root header)
  set(depends "${WORK_DIR}/depends.txt")
  run("${CXX}" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -x c++ "-I${root}" -MD -MF
      "${depends}" -include "${header}" /dev/null)
  file(READ "${depends}" text)
  if(text MATCHES "[^ ]*${FORBIDDEN}[^ ]*")
    message(FATAL_ERROR "installed header ${header} includes ${CMAKE_MATCH_0}")
  endif()
endfunction()

cmake_path(GET CONSUMER FILENAME name)
set(prefix "${WORK_DIR}/prefix")
file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}")

set(root "${prefix}/${INCLUDE_DIR}")
file(GLOB_RECURSE headers RELATIVE "${root}" "${root}/*.hpp")
list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no header was installed under ${root}")
endif()
if(CHECK_HEADERS)
  foreach(header IN LISTS headers)
    check_header("${root}" "${header}")
  endforeach()
  message(STATUS "${count} installed headers compile alone")
endif()

run("${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${WORK_DIR}/build" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}"
    "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_PREFIX_PATH=${prefix}" ${CONFIGURE_ARGS})
run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
run("${WORK_DIR}/build/${name}")
message(STATUS "${name}: ${output}")
file(REMOVE_RECURSE "${WORK_DIR}")
