"""Recordings on disk: scrapli-replay's two kinds of files, a folder of captures, and bad ones."""

from __future__ import annotations

import pytest
import yaml

from agent.adapters.labfile import read_plan
from agent.adapters.replay import bare, read_recording
from agent.core.errors import InputError

LAB = """\
devices:
  - {{name: sw, platform: C9300-24T, release: 17.12.4, replay: {replay}}}
"""


def event(output, **more):
    return {"channel_output": output, "type": "standard", "returns_prompt": True, **more}


COLLECTED = {
    "events": {
        "exec": {
            "pre_on_open": {"show vlan": event("show vlan\nfew\nR1>")},
            "post_on_open": {"show clock": event("show clock\n10:00\nR1>")},
        },
        "privileged_exec": {
            "pre_on_open": {
                "show vlan": event("show vlan\nhalf\n --More-- ", returns_prompt=False)
            },
            "post_on_open": {
                "show vlan": event("show vlan\nall\n\nR1#"),
                "show foo": event("show foo\n   ^\n% Invalid input detected at '^' marker.\n\nR1#"),
                "enable": {"type": "interactive", "event_steps": []},
                "exit": event("__CLOSES_CONNECTION__", closes_connection=True),
            },
        },
        "configuration": {"pre_on_open": {}, "post_on_open": {"show vlan": event("no")}},
    }
}

SPOKEN = [
    ("", "\n"),
    ("R1#", "show vlan"),
    ("show vlan", "\n"),
    ("\nVLAN Name\n1    default\n\nR1#", "enable"),
    ("enable", "\n"),
    ("\nPassword: ", "REDACTED"),
    ("\nR1#", "show clock"),
    ("show clock", "\n"),
    ("\n10:00\nR1#", "\n"),
    ("\nR1#", None),
]


def interactions(spoken):
    return [
        {
            "channel_output": came,
            "expected_channel_input": sent,
            "expected_channel_input_redacted": sent == "REDACTED",
        }
        for came, sent in spoken
    ]


def written(tmp_path, data, name="recording.yaml"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), "utf-8")
    return path


def test_a_session_file(tmp_path):
    data = {"r1:22:SystemTransport::0": {"interactions": interactions(SPOKEN)}}
    recording = read_recording(written(tmp_path, data))
    assert recording.answer("sh vlan") == "VLAN Name\n1    default\n"
    assert recording.answer("show clock") == "10:00"
    assert recording.answer("enable") == "Password: "


def test_a_collector_file(tmp_path):
    recording = read_recording(written(tmp_path, COLLECTED))
    assert dict(recording.outputs) == {"show vlan": "all\n", "show clock": "10:00"}


def test_a_folder(tmp_path):
    (tmp_path / "show vlan.txt").write_text("R1#show vlan\nVLAN\nR1#\n", "utf-8")
    (tmp_path / "show_interfaces_Gi1%2F0%2F1.txt").write_text("up\r\n", "utf-8")
    (tmp_path / "notes.md").write_text("not a capture", "utf-8")
    recording = read_recording(tmp_path)
    assert dict(recording.outputs) == {"show vlan": "VLAN", "show interfaces Gi1/0/1": "up"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nb\n", "a\nb"),
        ("a\n\n", "a\n"),
        ("a", "a"),
        ("", ""),
        ("R1#show x\na\n\nR1#", "a\n"),
        ("R1#show x\na\nR1#\nR1#\n", "a"),
        ("show x\na\nR1(config)#", "a"),
        ("ask#me no more questions", "ask#me no more questions"),
    ],
)
def test_echo_and_prompt_are_taken_off(text, said):
    assert bare(text, "show x") == said


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", "is no recording"),
        ("- 1", "is no recording"),
        ("a: [", "is not YAML"),
        ("a: b", "recording.yaml: a: has no interactions"),
        ({"a": {"interactions": {}}}, "interactions is no list"),
        ({"a": {"interactions": [{"channel_output": ""}]}}, "interaction 1 has no"),
        ({"a": {"interactions": [7]}}, "interaction 1 has no"),
        ({"a": {"interactions": []}}, "holds no command"),
        ({"events": []}, "events is no mapping"),
        ({"events": {"exec": {}}}, "exec: pre_on_open: is no mapping"),
        ({"events": {"exec": {"pre_on_open": {"x": 1}}}}, "'x' is no event"),
        (
            {"events": {"exec": {"pre_on_open": {"x": {"type": "standard"}}}}},
            "'x' has no channel_output",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, data, told):
    path = written(tmp_path, data)
    with pytest.raises(InputError) as refused:
        read_recording(path)
    assert told in str(refused.value)
    assert str(path) in str(refused.value)


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"a: \xff")
    with pytest.raises(InputError, match="not UTF-8 text at byte 3"):
        read_recording(tmp_path / "bad.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_recording(tmp_path / "none.yaml")
    with pytest.raises(InputError, match=r"holds no \.txt file"):
        read_recording(tmp_path)


def test_a_lab_names_its_recording_beside_itself(tmp_path):
    lab = written(tmp_path, LAB.format(replay="captures"), "lab.yaml")
    with pytest.raises(InputError, match=r"lab\.yaml:2: .*replay: there is no .*captures"):
        read_plan(lab)
    (tmp_path / "captures").mkdir()
    assert read_plan(lab).devices[0].replay == tmp_path / "captures"
