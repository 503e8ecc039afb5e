# Flags that every target of this project shares, and the one way to declare a layer.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# caf_gossip_options(<target>): C++20, warnings, sanitizers.
function(caf_gossip_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  # g++ 12 at -O2 and above takes text + string for overlapping copies (GCC bug 105651), and copies of
  # structs with strings in braced lists for uninitialized ones.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
  if(CAF_GOSSIP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CAF_GOSSIP_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${CAF_GOSSIP_SANITIZE}
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${CAF_GOSSIP_SANITIZE})
    if(CAF_GOSSIP_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
    endif()
    if(CAF_GOSSIP_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Asio uses fences, which g++ warns are invisible to the thread sanitizer.
      target_compile_options(${target} PRIVATE -Wno-tsan)
    endif()
  endif()
endfunction()

# caf_gossip_layer(<name> FOLDERS <folder>... [PUBLIC_HEADERS <header>...]): the library
# caf_gossip_<name> (alias caf_gossip::<name>) of all sources in the folders. A folder is a layer,
# so a new file needs no entry here. All headers are installed unless PUBLIC_HEADERS names the few.
function(caf_gossip_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FOLDERS;PUBLIC_HEADERS")
  set(sources "")
  set(headers "")
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS "${folder}/*.cpp")
    list(APPEND sources ${found})
    file(GLOB found CONFIGURE_DEPENDS "${folder}/*.hpp")
    list(APPEND headers ${found})
  endforeach()
  set(public ${headers})
  if(arg_PUBLIC_HEADERS)
    list(TRANSFORM arg_PUBLIC_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
    set(public "")
    foreach(header IN LISTS arg_PUBLIC_HEADERS)
      if(header IN_LIST headers)
        list(APPEND public "${header}")
      endif()
    endforeach()
  endif()

  add_library(caf_gossip_${name} STATIC ${sources} ${headers})
  add_library(caf_gossip::${name} ALIAS caf_gossip_${name})
  set_target_properties(caf_gossip_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(
    caf_gossip_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                              $<INSTALL_INTERFACE:${CAF_GOSSIP_INCLUDEDIR}>)
  caf_gossip_options(caf_gossip_${name})

  # Every layer is an export set of its own, so that a package without CAF can be complete.
  set_target_properties(caf_gossip_${name} PROPERTIES CAF_GOSSIP_PUBLIC_HEADERS "${public}")
  set_property(GLOBAL APPEND PROPERTY CAF_GOSSIP_LAYERS ${name})
endfunction()
