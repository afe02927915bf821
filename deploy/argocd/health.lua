-- Health of a Meridian resource for Argo CD, by its status. No standard library is needed.
local health = {}
local function condition(kind)
  for _, c in ipairs(obj.status.conditions) do
    if c.type == kind then return c end
  end
  return nil
end
if obj.status == nil or obj.status.conditions == nil then
  health.status = "Progressing"
  health.message = "no node has looked at it yet"
  return health
end
if obj.metadata.generation ~= nil and obj.status.observedGeneration ~= nil and obj.status.observedGeneration < obj.metadata.generation then
  health.status = "Progressing"
  health.message = "no node has looked at this version yet"
  return health
end
local accepted = condition("Accepted")
if accepted ~= nil and accepted.status ~= "True" then
  health.status = accepted.status == "False" and "Degraded" or "Progressing"
  health.message = accepted.message
  return health
end
local ready = condition("Ready")
if ready ~= nil and ready.status ~= "True" then
  if ready.reason == "Disabled" then
    health.status = "Suspended"
  elseif ready.reason == "Unused" then
    health.status = "Healthy"
  else
    health.status = ready.status == "False" and "Degraded" or "Progressing"
  end
  health.message = ready.message
  return health
end
for _, kind in ipairs({"Exported", "Delegated"}) do
  local written = condition(kind)
  if written ~= nil and written.status == "False" then
    health.status = "Degraded"
    health.message = written.message
    return health
  end
end
local conflict = condition("Conflict")
if conflict ~= nil and conflict.reason == "NameTaken" then
  health.status = "Degraded"
  health.message = conflict.message
  return health
end
local reachable = condition("Reachable")
if reachable ~= nil and reachable.status ~= "True" then
  health.status = reachable.status == "False" and "Degraded" or "Progressing"
  health.message = reachable.message
  return health
end
-- A name that is served is healthy, whatever is down behind it: that is what several pools are for.
local degraded = condition("Degraded")
health.status = "Healthy"
if degraded ~= nil and degraded.status == "True" then
  health.message = "it is served; " .. degraded.message
  return health
end
health.message = ready ~= nil and ready.message or "it is served"
return health
