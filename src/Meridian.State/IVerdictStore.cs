using Meridian.Model.Verdicts;

namespace Meridian.State;

/// <summary>The last verdict of every probe, so that a node that restarts has one before its first round.</summary>
public interface IVerdictStore
{
    IReadOnlyDictionary<ProbeKey, Verdict> Read();

    /// <summary>Saves a verdict. Nobody waits for it: the next verdict of the same probe replaces it anyway.</summary>
    void Save(ProbeKey key, Verdict verdict);
}
