using Meridian.Model.Binding;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

/// <summary>Finds the faults that no single field shows: references, ranges across fields, contradictions.</summary>
internal sealed class Validator(
    ResourceSet set,
    IReadOnlyList<Resource> resources,
    IReadOnlySet<(string Kind, string Name)> declared,
    LocationMap locations,
    List<Fault> faults)
{
    public void Run()
    {
        var report = new Reporter(declared, locations, faults);
        foreach (var resource in resources)
        {
            report.Subject = resource;
            switch (resource)
            {
                case Zone zone:
                    ZoneRules.Check(zone, set, report);
                    break;
                case TsigKey key:
                    TsigKeyRules.Check(key, set, report);
                    break;
                case Site site:
                    SiteRules.Check(site, report);
                    break;
                case HealthCheck check:
                    HealthCheckRules.Check(check, report);
                    break;
                case AddressPool pool:
                    PoolRules.Check(pool, set, report);
                    break;
                case GlobalEndpoint endpoint:
                    EndpointRules.Check(endpoint, set, report);
                    break;
                case LoadSignal signal:
                    LoadSignalRules.Check(signal, report);
                    break;
                case Cluster cluster:
                    ClusterRules.Check(cluster, report);
                    break;
                case AccessPolicy policy:
                    AccessPolicyRules.Check(policy, set, report);
                    break;
                case ExportedService export:
                    ExportedServiceRules.Check(export, set, report);
                    break;
                case TunnelAgent agent:
                    TunnelRules.Check(agent, set, report);
                    break;
                case Node node:
                    NodeRules.Check(node, report);
                    break;
                case SourceMap map:
                    SourceMapRules.Check(map, report);
                    break;
            }
        }
    }
}
