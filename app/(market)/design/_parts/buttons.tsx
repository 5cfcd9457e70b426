import { Plus, Server } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Part, Row } from './part.tsx';

export function ButtonParts() {
  return (
    <Part title="Buttons">
      <Row>
        <Button variant="primary">Book now</Button>
        <Button>Compare</Button>
        <Button variant="ghost">Clear filters</Button>
        <Button variant="danger">End booking…</Button>
        <LinkButton href="#main">
          <Server aria-hidden />
          List a machine
        </LinkButton>
      </Row>
      <Row>
        <Button variant="primary" size="sm">
          <Plus aria-hidden />
          Small
        </Button>
        <Button variant="primary" size="md">
          <Plus aria-hidden />
          Medium
        </Button>
        <Button variant="primary" size="lg">
          <Plus aria-hidden />
          Large
        </Button>
      </Row>
      <Row>
        <Button variant="primary" disabledReason="Taken until 14:20 UTC. Others like it are free.">
          Start
        </Button>
        <Button variant="danger" disabledReason="Only the renter or staff can end it." reasonAs="tip">
          End booking
        </Button>
      </Row>
    </Part>
  );
}
