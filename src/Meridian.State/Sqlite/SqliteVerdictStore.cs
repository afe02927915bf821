using Meridian.Addresses;
using Meridian.Model.Verdicts;

namespace Meridian.State.Sqlite;

internal sealed class SqliteVerdictStore(StateDatabase database, WriteQueue writes) : IVerdictStore
{
    public IReadOnlyDictionary<ProbeKey, Verdict> Read()
    {
        var verdicts = new Dictionary<ProbeKey, Verdict>();
        database.Read("SELECT check_name, target, port, host, state, since, reason FROM verdicts", row =>
        {
            var key = new ProbeKey(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3));
            if (EnumText.TryParse<VerdictState>(row.GetString(4), out var state))
                verdicts[key] = new Verdict(state, row.GetTime(5), row.GetString(6));
        });
        return verdicts;
    }

    public void Save(ProbeKey key, Verdict verdict) => writes.Post(new Statement(
        "INSERT OR REPLACE INTO verdicts (check_name, target, port, host, state, since, reason) "
        + "VALUES ($check, $target, $port, $host, $state, $since, $reason)",
        ("$check", key.Check), ("$target", key.Target), ("$port", key.Port), ("$host", key.Host),
        ("$state", verdict.State.ToString()), ("$since", verdict.Since.ToUnixTimeMilliseconds()),
        ("$reason", verdict.Reason)));
}
