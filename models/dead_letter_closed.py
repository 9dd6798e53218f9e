from odoo import api, fields, models

HOW = [
    ("retry", "Retried"),
    ("edited", "Retried as edited"),
    ("run", "Settled by a run"),
    ("undo", "Taken back again"),
    ("given_up", "Given up by a person"),
    ("gone", "Gone at its source"),
]


class GatewayDeadLetter(models.Model):
    """When, how and by whom a letter was closed."""

    _inherit = "gateway.dead.letter"

    closed = fields.Datetime(string="Closed on", readonly=True, index="btree_not_null")
    closed_how = fields.Selection(HOW, string="How it ended", readonly=True)
    closed_by_id = fields.Many2one(
        "res.users", string="Closed by person", readonly=True, ondelete="set null"
    )
    closed_run_id = fields.Many2one(
        "gateway.run",
        string="Closed by run",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def _close(self, state, how, run=None, by_person=False, **values):
        """These letters are over. `by_person`: the user who is at it pressed a button."""
        self.write(
            {
                "state": state,
                "closed": fields.Datetime.now(),
                "closed_how": how,
                "closed_by_id": self.env.uid if by_person else False,
                "closed_run_id": run.id if run else False,
                **values,
            }
        )

    def _note_retried(self, run, edited):
        """Of these, what `run` has settled was settled by whoever pressed the button."""
        done = self.sudo().filtered(lambda letter: letter.closed_run_id == run)
        (done & edited.sudo()).closed_how = "edited"
        (done - edited.sudo()).filtered(lambda one: one.state == "resolved").closed_how = "retry"
        done.closed_by_id = self.env.uid

    @api.model
    def _open_again(self):
        """What is written to a letter that is open again."""
        return {
            "state": "open",
            "discard_reason": False,
            **dict.fromkeys(("closed", "closed_how", "closed_by_id", "closed_run_id"), False),
        }
