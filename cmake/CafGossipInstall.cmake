# Installs the layers that were built and the package configuration for find_package(caf_gossip).

include(CMakePackageConfigHelpers)
set(config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/caf_gossip")
get_property(CAF_GOSSIP_LAYERS GLOBAL PROPERTY CAF_GOSSIP_LAYERS)

foreach(layer IN LISTS CAF_GOSSIP_LAYERS)
  install(TARGETS caf_gossip_${layer} EXPORT caf_gossip_${layer}
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT caf_gossip_${layer} NAMESPACE caf_gossip:: DESTINATION "${config_dir}"
          FILE caf_gossip-${layer}-targets.cmake)
  get_target_property(headers caf_gossip_${layer} CAF_GOSSIP_PUBLIC_HEADERS)
  foreach(header IN LISTS headers)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    install(FILES "${header}" DESTINATION "${CAF_GOSSIP_INCLUDEDIR}/${folder}")
  endforeach()
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/caf_gossip-config.cmake.in"
                              caf_gossip-config.cmake INSTALL_DESTINATION "${config_dir}")
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(caf_gossip-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/caf_gossip-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/caf_gossip-config-version.cmake"
        DESTINATION "${config_dir}")
if("actors" IN_LIST CAF_GOSSIP_LAYERS)
  install(FILES "${CMAKE_CURRENT_LIST_DIR}/FindCAF.cmake" DESTINATION "${config_dir}")
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
