using System.Collections.Immutable;

namespace Meridian.Model;

/// <summary>
/// Which versions of a cluster's objects are in a configuration, and why others are not.
/// </summary>
/// <param name="Configuration">The configuration of files and of the objects that were accepted. Its faults are those
/// of files.</param>
/// <param name="Accepted">The objects in it, by <see cref="ConfigurationObject.Id"/>; an older version where the latest
/// has faults.</param>
/// <param name="Refused">The objects whose latest version is refused, with its faults.</param>
public sealed record Admission(
    Configuration Configuration,
    ImmutableDictionary<string, ConfigurationObject> Accepted,
    ImmutableDictionary<string, ImmutableArray<Fault>> Refused)
{
    /// <summary>
    /// Changes that are tried one by one when some of them break what was sound; more are refused together.
    /// </summary>
    public const int MaxTriedSingly = 64;

    /// <summary>
    /// Takes the latest version of every object with which the whole stays sound. A faulty object stays at its last
    /// good version. A change that would break an object that did not change is refused, and so is a deletion.
    /// </summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="objects">The latest versions.</param>
    /// <param name="before">What was accepted last.</param>
    /// <param name="allowEmpty">Whether a file may hold no resource.</param>
    /// <param name="check">Finds faults beyond those of the model, such as those of zones.</param>
    public static Admission Admit(
        IReadOnlyCollection<string> paths,
        IReadOnlyCollection<ConfigurationObject> objects,
        ImmutableDictionary<string, ConfigurationObject> before,
        bool allowEmpty = false,
        Func<Configuration, Configuration>? check = null)
    {
        var latest = objects.ToImmutableDictionary(o => o.Id);
        var refused = new Dictionary<string, List<Fault>>();
        var accepted = latest;
        var reading = Read();

        // Faults in what is new: those objects go back to what they were, which may leave others without what they
        // name.
        while (FaultsOf(changedOnly: true) is { Count: > 0 } faulty)
            Revert(faulty);

        // Faults in what did not change: some change caused them.
        if (FaultsOf(changedOnly: false) is { Count: > 0 } broken)
            Isolate(broken);

        // What is left cannot be blamed on a change of an object; a file has changed under them, say.
        while (FaultsOf(changedOnly: false) is { Count: > 0 } left)
        {
            foreach (var (id, faults) in left)
            {
                Refuse(id, faults);
                accepted = accepted.Remove(id);
            }

            reading = Read();
        }

        return new Admission(reading, accepted,
            refused.ToImmutableDictionary(r => r.Key, r => r.Value.Select(Described).ToImmutableArray()));

        Configuration Read()
        {
            var read = ConfigurationReader.ReadAll(paths, Ordered(accepted, before), allowEmpty);
            return check is null ? read : check(read);
        }

        // What is missing because it is refused itself is no slip of the pen in the object that names it.
        Fault Described(Fault fault) => fault.Missing is { } missing
            && latest.Values.Any(o => o.Kind == missing.Kind && o.Name == missing.Name && refused.ContainsKey(o.Id))
                ? fault with { Message = $"{missing.Kind} `{missing.Name}` is refused itself; its own status says why" }
                : fault;

        bool IsChanged(string id) =>
            !before.TryGetValue(id, out var old) || !accepted.TryGetValue(id, out var now) || !old.IsSameAs(now);

        Dictionary<string, ImmutableArray<Fault>> FaultsOf(bool changedOnly) => reading.Faults
            .Where(f => accepted.ContainsKey(f.Where.File) && (!changedOnly || IsChanged(f.Where.File)))
            .GroupBy(f => f.Where.File).ToDictionary(g => g.Key, g => g.ToImmutableArray());

        void Refuse(string id, IEnumerable<Fault> faults)
        {
            if (!refused.TryGetValue(id, out var list))
                refused[id] = list = [];
            list.AddRange(faults.Where(f => !list.Contains(f)));
        }

        void Revert(Dictionary<string, ImmutableArray<Fault>> faulty)
        {
            foreach (var (id, faults) in faulty)
            {
                Refuse(id, faults);
                accepted = before.TryGetValue(id, out var old) ? accepted.SetItem(id, old) : accepted.Remove(id);
            }

            reading = Read();
        }

        void Isolate(Dictionary<string, ImmutableArray<Fault>> broken)
        {
            var wanted = accepted;
            var changes = wanted.Keys.Union(before.Keys).Where(IsChanged).ToArray();
            accepted = before;
            reading = Read();
            if (changes.Length > MaxTriedSingly)
            {
                foreach (var id in changes)
                    Refuse(id, [new Fault(new Location(id, 0, 0), $"one of {changes.Length} changes at once " +
                        $"would break {string.Join(", ", broken.Keys.Order())}; none of them is accepted")]);
                return;
            }

            foreach (var id in changes.OrderBy(i => wanted.GetValueOrDefault(i)?.Created ?? DateTimeOffset.MaxValue))
            {
                var (goodAccepted, goodReading) = (accepted, reading);
                accepted = wanted.TryGetValue(id, out var now) ? accepted.SetItem(id, now) : accepted.Remove(id);
                reading = Read();
                if (FaultsOf(changedOnly: false) is { Count: > 0 } caused)
                {
                    foreach (var (other, faults) in caused)
                    {
                        Refuse(other, faults);
                        if (other != id && wanted.ContainsKey(id))
                            Refuse(id, faults.Select(f =>
                                new Fault(new Location(id, 0, 0), $"would break {other}: {f.Message}")));
                    }

                    (accepted, reading) = (goodAccepted, goodReading);
                }
            }
        }
    }

    // What did not change comes first and so keeps the names that it has; of the new, the older comes first.
    private static IEnumerable<ConfigurationObject> Ordered(
        ImmutableDictionary<string, ConfigurationObject> accepted,
        ImmutableDictionary<string, ConfigurationObject> before) => accepted.Values
        .OrderBy(o => before.TryGetValue(o.Id, out var old) && old.IsSameAs(o) ? 0 : 1)
        .ThenBy(o => o.Created).ThenBy(o => o.Id, StringComparer.Ordinal);
}
