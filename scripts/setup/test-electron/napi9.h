// Included before everything else when better-sqlite3 13, written for Node-API 10, is compiled for
// Node-API 9 (Electron 33, Node 20). All it needs of version 10 is references to primitive values:
// here such a value is put into an object of its own, and the object is referred to.
#pragma once
#include <node_api.h>
#ifdef __cplusplus
#include <unordered_set>

namespace napi9 {

/** References whose object is only a box around a primitive. One environment a thread. */
inline std::unordered_set<napi_ref>& boxes() {
  static thread_local std::unordered_set<napi_ref> refs;
  return refs;
}

inline napi_status create(napi_env env, napi_value value, uint32_t count, napi_ref* result) {
  napi_valuetype type;
  if (napi_status status = napi_typeof(env, value, &type); status != napi_ok) return status;
  const bool whole = type == napi_object || type == napi_function || type == napi_symbol || type == napi_external;
  if (whole) return napi_create_reference(env, value, count, result);
  napi_value box;
  if (napi_status status = napi_create_object(env, &box); status != napi_ok) return status;
  if (napi_status status = napi_set_element(env, box, 0, value); status != napi_ok) return status;
  // Nothing else holds the box, so a weak reference would lose it.
  napi_status status = napi_create_reference(env, box, count > 0 ? count : 1, result);
  if (status == napi_ok) boxes().insert(*result);
  return status;
}

inline napi_status get(napi_env env, napi_ref ref, napi_value* result) {
  napi_status status = napi_get_reference_value(env, ref, result);
  if (status != napi_ok || *result == nullptr || boxes().count(ref) == 0) return status;
  return napi_get_element(env, *result, 0, result);
}

inline napi_status destroy(napi_env env, napi_ref ref) {
  boxes().erase(ref);
  return napi_delete_reference(env, ref);
}

}  // namespace napi9

#define napi_create_reference napi9::create
#define napi_get_reference_value napi9::get
#define napi_delete_reference napi9::destroy
#endif
